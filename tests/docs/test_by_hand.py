"""docs/verify-by-hand.md does what it says, with stock tools; docs/expert.md lists the steps that the program takes."""

import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority
from tests.desk import Desk
from tests.docs.documents import ROOT, blocks
from tests.evidence.ledgers import Ledger
from tests.reports import bundles
from tests.verify.folders import filled, honest, write
from vault.evidence import merkle
from vault.evidence.strict import base64_text
from vault.verify import standalone
from vault.verify.steps import STEPS

BY_HAND = ROOT / "docs" / "verify-by-hand.md"


def run(folder: Path, command: str, **environment: str) -> str:
    given = {**os.environ, **environment}
    done = subprocess.run(["bash", "-ec", command], cwd=folder, capture_output=True, text=True, env=given, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def block(about: str) -> str:
    """The commands behind the words `**about.**`."""
    text = BY_HAND.read_text().split(f"**{about}", 1)[1]
    return text.split("```sh\n", 1)[1].split("\n```", 1)[0]


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """A folder as the reader has it: a ledger of two bundles, one of its heads stamped, the TSA's root, verify.py."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder, ledger = tmp_path_factory.mktemp("by-hand"), filled(300)
    tsa, note = Authority(folder / "tsa"), ledger.checkpoint()
    token, size = tsa.stamp(note), ledger.size
    digest = sha256(token).hexdigest()
    ledger.public("anchor", f"checkpoint {size} {base64_text(ledger.tree().root)}", f"token {digest}")
    kept = {f"anchors/{size}/checkpoint": note, f"anchors/{size}/{digest}.tsr": token}
    write(folder / "ledger", honest(ledger) | kept)
    shutil.copy(tsa.folder / "root.pem", folder / "root.pem")
    shutil.copy(standalone.__file__, folder / "verify.py")
    run(folder, block("Entries."))
    return folder, ledger


def test_commands_by_hand_hold_for_an_honest_ledger(stamped: tuple[Path, Ledger]) -> None:
    folder, ledger = stamped
    assert run(folder, block("Fingerprint.")).split()[0] == ledger.fingerprint.hex()
    named, previous = run(folder, block("Chain.")).split("\n")[:2]
    assert previous == f"previous {named}"
    assert run(folder, block("Root.")) == f"root holds: {base64_text(ledger.tree().root)}\n"
    assert "Verified Successfully" in run(folder, block("A signature."))
    assert run(folder, block("An entry in its hash tile.")) == ""
    head, declared = run(folder, block("The checkpoint's Ed25519 signature.")).split("\n")[:2]
    assert (head, declared) == ("Signature Verified Successfully", "1")


def test_time_by_hand(stamped: tuple[Path, Ledger]) -> None:
    folder, ledger = stamped
    said = run(folder, block("Time."))
    (token,) = folder.glob("ledger/anchors/302/*.tsr")
    assert said.count(token.stem) == 3  # sha256sum, its file, the line of the entry
    root = base64_text(merkle.root(ledger.leaves[:302]))
    assert said.count(root) == 2  # of the entry and of the stamped head
    assert "Verification: OK" in said
    assert re.search(r"^Time stamp: .* GMT$", said, re.MULTILINE)


def test_the_one_file_says_the_same(stamped: tuple[Path, Ledger]) -> None:
    folder, ledger = stamped
    said = run(folder, block("All of it"), FINGERPRINT=ledger.fingerprint.hex())
    assert re.findall("^([a-z]+) +PROVEN", said, re.MULTILINE) == ["integrity", "order", "origin", "time"]
    with pytest.raises(AssertionError):
        run(folder, block("All of it"), FINGERPRINT="00" * 32)


def test_a_document_by_hand(tmp_path: Path) -> None:
    if shutil.which("age") is None:
        pytest.skip("Debian package age is not installed")
    (document := tmp_path / "drawing.txt").write_bytes(b"a drawing\n")
    desk = Desk(tmp_path / "desk", classic=True)
    desk.dvault("disclose", document, "--to", "ganzhou")
    desk.dvault("keys", "export-age-identity", "--yes", "-o", "content.key")
    desk.dvault("get", "T-000001/1", "--sealed", "-o", "sealed.age")
    desk.dvault("proof", "T-000001", "--reveal", "item.1.sha256", "-o", "T-000001.receipt")
    opened, shown = run(desk.folder, block("A document.")).splitlines()
    digest = sha256(document.read_bytes()).hexdigest()
    assert (opened.split()[0], shown) == (digest, f'"item.1.sha256","{digest}"')
    desk.dvault("ledger", "export", "ledger")
    for path in ("T-000001.receipt", "ledger"):
        said = run(desk.folder, f"python3 -I {standalone.__file__} {path} --require integrity")
        assert "BROKEN" not in said


def test_commands_by_hand_fail_for_a_changed_entry(tmp_path: Path) -> None:
    files = honest(filled(3))
    data = files["tile/entries/000.p/5"]
    files["tile/entries/000.p/5"] = data.replace(b"disclosure\n2026-11-22T17:41", b"disclosure\n2026-11-22T16:41", 1)
    assert files["tile/entries/000.p/5"] != data
    write(tmp_path / "ledger", files)
    run(tmp_path, block("Entries."))
    with pytest.raises(AssertionError, match="another root"):
        run(tmp_path, block("Root."))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bundle, `report`, of which some lines are withheld."""
    folder = tmp_path_factory.mktemp("bundle")
    made = bundles.sample(bundles.vault(folder / "desk"), folder, "withheld")
    made.path.rename(folder / "report")
    return folder


def test_what_a_bundle_shows_and_withholds_can_be_counted(bundle: Path) -> None:
    shown, withheld, *stated = run(bundle, block("What is shown and withheld.")).splitlines()
    assert int(withheld) > 0
    (counted,) = (line for line in stated if line.startswith("shown "))
    assert counted.split()[2:] == [shown, withheld]
    assert "withheld purpose privilege" in stated


def test_tables_say_what_records_say(bundle: Path, tmp_path: Path) -> None:
    said = run(bundle, block("The tables and the paper."))
    assert re.findall("^T-[0-9]{6} [1-9][0-9]* lines as they stand", said, re.MULTILINE)
    table = shutil.copytree(bundle / "report", tmp_path / "report") / "data" / "disclosures.json"
    table.write_text(table.read_text().replace('"confidential"', '"public"'))
    with pytest.raises(AssertionError, match="T-000001"):
        run(tmp_path, block("The tables and the paper."))


def test_every_block_of_commands_is_run_here() -> None:
    run_here = [block(about) for about in (
        "Entries.", "Fingerprint.", "Chain.", "Root.", "A signature.", "An entry in its hash tile.",
        "The checkpoint's Ed25519 signature.", "Time.", "A document.", "All of it",
        "What is shown and withheld.", "The tables and the paper.",
    )]  # fmt: skip
    assert [one.rstrip("\n") for one in blocks(BY_HAND, language="sh")][1:] == run_here


def test_steps_told_to_experts_are_those_of_the_program() -> None:
    rows = re.findall(
        r"^\| ([0-9]+) \| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs" / "expert.md").read_text(), re.MULTILINE
    )
    assert rows == [(str(step.number), step.name, step.asks) for step in STEPS]
