"""`dvault proof --party` and its like, and `dvault verify` of the lists."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk
from tests.evidence.signers import witness
from vault.evidence import completeness, note, terms
from vault.evidence.completeness import Completeness

AUDITOR = witness("auditor.example/a")
NOBODY = "party:lei:5493001KJTIIGC8Y1R12"


@pytest.fixture
def indexed(logged: Clerk) -> Clerk:
    """Entries 0 to 6 found and register, 7 to 9 are transmittals, 10 is the index."""
    logged("checkpoint")
    return logged


@pytest.fixture
def policy(indexed: Clerk) -> Path:
    """A verifier's policy that believes an auditor."""
    (indexed.folder / "mine.policy").write_text(indexed(f"policy export --auditor {AUDITOR.key}").out)
    return indexed.folder / "mine.policy"


def read(path: Path) -> Completeness:
    return completeness.parse(path.read_bytes())


def audited(path: Path) -> Path:
    """The proof with the auditor's cosignature."""
    text = note.parse(read(path).checkpoint).text
    signature = note.render(text, [AUDITOR.cosign(text, 1_795_369_500)]).split(b"\n\n")[1]
    head, _, tail = path.read_bytes().rpartition(b"checkpoint ")
    count, _, rest = tail.partition(b"\n")
    path.write_bytes(head + b"checkpoint %d\n" % (int(count) + 1) + rest + signature)
    return path


def test_a_party_gets_the_list_of_all_that_was_filed_under_any_of_its_terms(indexed: Clerk) -> None:
    said = indexed("proof --party ganzhou -o .")
    assert "2 transmittals, entries 1, 7, 9" in said.err
    assert "term party-name:CN:ganzhou magnet" in said.err
    path = indexed.folder / "completeness.proof"
    assert [one.index for one in read(path).listed] == [1, 7, 9]
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_believes_an_auditor_has_it_proven_without_a_key(
    indexed: Clerk, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed("proof --party P-1 -o list")
    path = audited(indexed.folder / "list")
    for name in ("DVAULT_IDENTITY", "DVAULT_PASSPHRASE_FILE", "DVAULT_VAULT"):
        monkeypatch.setenv(name, str(indexed.folder / "none"))
    said = indexed(f"verify {path} --policy {policy}").out
    assert "completeness  PROVEN" in said
    assert "origin        PROVEN" in said
    assert "party name ganzhou magnet (CN)" in said.replace("\n" + 26 * " ", " ")
    assert "No proof covers a disclosure that was never logged." in indexed(f"verify {path} --policy {policy}").err


def test_without_an_auditor_it_is_the_owners_word_and_the_exit_code_says_so(indexed: Clerk, policy: Path) -> None:
    indexed("proof --party P-1 -o list")
    said = indexed(f"verify list --policy {policy}", code=1)
    assert "completeness  NOT PROVEN" in said.out
    assert "index recomputed by nobody independent" in " ".join(said.out.split())
    assert "the owner's index says: party USCC 91 (2 transmittals: entries 1 party, 7, 9)" in " ".join(said.err.split())
    indexed(f"verify list --policy {policy} --require integrity,order")
    (party, _) = indexed(f"verify list --policy {policy} --json", code=1).json["lists"]
    assert [one["kind"] for one in party["entries"]] == ["party", "disclosure", "disclosure"]
    audited(indexed.folder / "list")
    indexed("verify list", code=1)  # nobody's word for the fingerprint either


def test_the_small_program_judges_it_alike(indexed: Clerk, policy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from vault.verify.__main__ import main

    indexed("proof --term " + NOBODY + " -o list")
    assert main(["list", "--policy", str(policy)]) == 1
    audited(indexed.folder / "list")
    assert main(["list", "--policy", str(policy)]) == 0
    assert "(nothing was filed)" in capfd.readouterr().out
    assert main(["list", "--policy", str(policy), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["lists"] == [{"term": NOBODY, "entries": []}]


def test_subject_matter_and_document_are_asked_for_alike(indexed: Clerk) -> None:
    found = {
        line: indexed(f"proof {line} --json").json
        for line in ("--subject magneti", "--matter 2026-117", "--document a.txt", "--document a.txt --party müller")
    }
    assert [one["transmittals"] for one in found.values()] == [1, 1, 2, 2]
    assert found["--document a.txt"]["terms"] == [terms.document(sha256(b"a").digest())]
    assert found["--document a.txt"]["entries"] == [7, 8]
    assert completeness.parse(found["--matter 2026-117"]["proof"].encode()).listed


def test_nothing_is_said_of_who_was_never_filed(indexed: Clerk) -> None:
    assert "nothing was filed, as of the index in entry 10" in indexed(f"proof --term {NOBODY}").err
    indexed.file("never.txt", b"never")
    assert indexed("proof --document never.txt --json").json["entries"] == []


def test_a_name_before_its_correction_is_asked_for_too(indexed: Clerk) -> None:
    """[Renamed in the register, and what went out before is no longer found.]"""
    indexed("correct P-1 --name 'Ganzhou Rare Earth' --reason renamed")
    indexed("disclose a.txt --to P-1")
    indexed("checkpoint")
    found = indexed("proof --party P-1 --json").json
    assert {"party-name:CN:ganzhou magnet", "party-name:CN:ganzhou rare earth"} <= set(found["terms"])
    assert found["transmittals"] == 3


def test_what_came_after_the_index_is_named(indexed: Clerk) -> None:
    indexed("disclose a.txt --to ganzhou")
    said = indexed("proof --party ganzhou -o list")
    assert "after that index is not covered" in said.err
    assert "2 transmittals" in said.err
    indexed("checkpoint")
    assert "not covered" not in indexed("proof --party ganzhou -o later").err


def test_before_the_first_index_there_is_none(logged: Clerk) -> None:
    assert "dvault checkpoint" in logged("proof --party ganzhou", code=3).err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("proof T-1 --party ganzhou", 2, "or of a list"),
        ("proof --consistency old --term class:order", 2, "or of a list"),
        ("proof --party ganzhou --reveal purpose", 2, "show no record"),
        ("proof --party nobody", 4, "--term party-name:"),
        ("proof --term party:LEI:1", 2, "docs/format/entry.md"),
        ("proof --term nonsense", 2, "docs/format/entry.md"),
        ("proof --document none.txt", 4, "none.txt is not there"),
    ],
)
def test_misuse_is_told(indexed: Clerk, line: str, code: int, said: str) -> None:
    assert said in " ".join(indexed(line, code=code).err.split())
