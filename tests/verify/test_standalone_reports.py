"""The one file and the program come to the same verdicts on report bundles, and by a verifier's policy.

What they differ in, and which of them has to be mended, stands in docs/reliability.md.
"""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests import vectors
from tests.reports import handmade, mutations
from tests.reports.handmade import EVIDENCE, Files, Handmade, Story, sealed
from tests.strangers import reports
from tests.strangers.comparing import UNEXPLAINED, compare_bundle, compare_folder, compare_proof, run
from tests.strangers.reports import Reports, zipped
from tests.verify import lists
from tests.verify.folders import honest, write
from vault.verify import standalone
from vault.verify.outside import Outside

TAKEN = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return Reports(tmp_path_factory.mktemp("strangers"))


@pytest.mark.parametrize("case", vectors.read("policies"), ids=lambda case: case["name"])
def test_it_reads_policies_as_the_vectors_say(case: vectors.Case) -> None:
    if case["expect"] == "reject":
        with pytest.raises(standalone.Refused):
            standalone.read_policy(case["policy"].encode())
        return
    seen = standalone.cosigned(case["checkpoint"].encode(), standalone.read_policy(case["policy"].encode()))
    assert (seen.witnesses, seen.auditors, seen.complete) == (case["witnesses"], case["auditors"], case["complete"])
    assert bool(seen.missing) == bool(case["missing"])


@pytest.mark.parametrize("name", reports.SAMPLES)
def test_honest_bundles_come_out_alike_as_folder_and_as_zip(made: Reports, tmp_path: Path, name: str) -> None:
    folder, packed = handmade.write(tmp_path / "report", made.samples[name]), tmp_path / "report.zip"
    packed.write_bytes(zipped(made.samples[name]))
    last = {"numbers": "N", "withheld": "P"}.get(name, "P")
    for path in (folder, packed):
        found = compare_bundle(path, made.outsides[0])
        assert (found.ours, found.theirs) == (f"PPPP{last}",) * 2, found.told


def test_a_bundle_vouches_for_nothing_by_itself(made: Reports, tmp_path: Path) -> None:
    folder = handmade.write(tmp_path / "report", made.samples["party"])
    expected = {0: "PPPPP", 3: "PPNPN", 4: "PPNNN", 5: "PNNNN"}
    for who, letters in expected.items():
        found = compare_bundle(folder, made.outsides[who])
        assert (found.ours, found.theirs) == (letters, letters), found.told
    fresh = Handmade(Story()).files()  # its own auditor, its own witness, another origin's policy
    found = compare_bundle(handmade.write(tmp_path / "fresh", fresh), Outside("00" * 32))
    assert found.theirs[1:3] == "BB"
    assert "P" not in found.theirs[1:]


def test_a_sample_of_random_changes_is_judged_alike(made: Reports) -> None:
    reasons: Counter[str] = Counter()

    @TAKEN
    @given(reports.TRIALS)
    def each(trial: tuple[str, tuple[str, int, int], str, int, bool]) -> None:
        found = made.on_report(*trial)
        assert found.why != UNEXPLAINED, (trial, found)
        reasons[found.why] += 1

    each()
    assert reasons[""] > 10


@pytest.mark.parametrize("maker", range(len(mutations.MAKERS)))
def test_no_single_change_is_green(made: Reports, tmp_path: Path, maker: int) -> None:
    before = made.samples["party"]
    mutation = mutations.MAKERS[maker](before, made.others[0], random.Random(maker))
    if mutation is None:
        mutation = mutations.byte(before, before, random.Random(maker))
    found = compare_bundle(handmade.write(tmp_path / "report", mutation.files), made.outsides[0])
    assert found.why != UNEXPLAINED, (mutation.name, found)
    states = dict(zip(standalone.VERDICTS, found.theirs, strict=True))
    assert "B" in found.theirs
    assert all(states[str(verdict)] != "P" for verdict in mutation.turns), (mutation.name, found)


def test_a_file_of_evidence_that_is_misspelled_breaks_integrity(made: Reports, tmp_path: Path) -> None:
    """By report.md, step 1; whoever sealed it anew has broken what it shows, too."""
    name = f"{EVIDENCE}index/terms.proofs"
    spoiled: Files = {**made.samples["party"], name: made.samples["party"][name].replace(b"tag ", b"tug ", 1)}
    found = compare_bundle(handmade.write(tmp_path / "report", sealed(spoiled)), made.outsides[0])
    assert (found.ours, found.theirs) == ("BPPPB", "BPPPB"), found.told


def mended(made: Reports, folder: Path, files: Files) -> tuple[str, str]:
    """What both say of files of the honest party's bundle with these in their place."""
    found = compare_bundle(handmade.write(folder / "report", files), made.outsides[0])
    assert not found.why, found
    return found.ours, found.theirs


@pytest.mark.parametrize("name", ["index/kind-party.proof", "index/follow-ups.proofs", "consistency/5.proof"])
def test_nothing_that_is_misspelled_is_passed_over_for_what_is_missing_beside_it(
    made: Reports, tmp_path: Path, name: str
) -> None:
    """[The index entry is gone, so that nobody looks into what rests on it.]"""
    lost = (f"{EVIDENCE}entries/000011.entry", f"{EVIDENCE}anchors/5/checkpoint")
    spoiled = {known: data for known, data in made.samples["party"].items() if known not in lost}
    both = mended(made, tmp_path, sealed({**spoiled, EVIDENCE + name: spoiled[EVIDENCE + name] + b"\n"}))
    assert [one[0] for one in both] == ["B", "B"]


def test_a_statement_that_nobody_can_read_is_not_what_was_sealed(made: Reports, tmp_path: Path) -> None:
    spoiled: Files = {**made.samples["party"], f"{EVIDENCE}statement": b"hello\n"}
    assert mended(made, tmp_path, spoiled) == ("BPBNN", "BPBNN")


def test_another_entry_in_the_place_of_the_index_is_none(made: Reports, tmp_path: Path) -> None:
    files = made.samples["party"]
    one, other = (f"{EVIDENCE}entries/{name}.entry" for name in ("000010", "000011"))
    assert mended(made, tmp_path, sealed({**files, one: files[other], other: files[one]}))[0][1::3] == "BB"


HOSTILE = ["../x", "/x", "report/../x", "a//b", "C:x", "a\\b", "a\x01b", "data/" * 9 + "x", "x" * 401]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_zip_that_leads_elsewhere_is_not_looked_into(made: Reports, tmp_path: Path, name: str) -> None:
    (path := tmp_path / "report.zip").write_bytes(zipped({**made.samples["party"], name: b"x"}))
    assert compare_bundle(path, made.outsides[0]).theirs == "BNNNN"


def test_of_a_zip_with_another_byte_in_its_headers_it_is_never_the_milder_one(made: Reports, tmp_path: Path) -> None:
    good = zipped(made.samples["party"])
    path, rng = tmp_path / "report.zip", random.Random(7)
    start = good.rindex(b"PK\1\2") - 4000
    for at in [rng.randrange(30), *(rng.randrange(start, len(good)) for _ in range(12))]:
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1 :])
        found = compare_bundle(path, made.outsides[0])
        assert found.theirs != "PPPPP" or found.ours == "PPPPP", (at, found)
        assert found.theirs in ("BNNNN", "PPPPP", found.ours), (at, found)


def test_it_ends_as_the_contract_says(made: Reports, tmp_path: Path) -> None:
    folder = handmade.write(tmp_path / "report", made.samples["party"])
    believed = made.outsides[0].policy
    assert believed
    (policy := tmp_path / "policy").write_bytes(bytes(believed))
    code, letters, said = run(folder, "--policy", policy)
    assert (code, letters) == (0, "PPPPP")
    assert "skipped: ML-DSA-44" in said
    assert run(folder)[0] == 1
    assert run(folder, "--require", "integrity")[0] == 0
    assert run(folder, "--policy", policy, "--fingerprint", "00" * 32)[0] == 2
    policy.write_bytes(b"hello\n")
    assert run(folder, "--policy", policy)[0] == 2


@pytest.mark.parametrize("quorum", ["quorum none\n", f"witness a {lists.AUDITOR.key}\nquorum a\n"])
@pytest.mark.parametrize("by", ["the auditor", "nobody"])
def test_ledgers_and_lists_are_judged_alike_by_a_policy(tmp_path: Path, quorum: str, by: str) -> None:
    ledger = lists.ledger(rotated=False)
    outside = Outside(policy=lists.believing(ledger, quorum=quorum))
    note = lists.audited(ledger) if by == "the auditor" else ledger.checkpoint()
    found = compare_folder(write(tmp_path, {**honest(ledger), "checkpoint": note}), outside)
    assert not found.why, found
    assert found.theirs[1] == ("P" if by == "the auditor" or "none" in quorum else "N")
    listed = compare_proof(bytes(lists.complete(ledger, lists.GANZHOU)), outside)
    assert not listed.why, listed


def test_a_file_without_its_last_line_feed_is_judged_alike(made: Reports, tmp_path: Path) -> None:
    """[A reader of lines that drops what stands behind the last line feed never sees the lowest sibling of a path.]"""
    sample = made.samples["ledger"]
    texts = [name for name, data in sample.items() if name.startswith(EVIDENCE) and data.endswith(b"\n")]
    texts.remove(EVIDENCE + "statement")  # without it the seal cannot be made
    one_each = {name.rpartition(".")[2] if "/entries/" in name else name: name for name in texts}
    for at, name in enumerate(one_each.values()):
        files = sealed({**sample, name: sample[name].removesuffix(b"\n")}, origin=made.story.origin)
        found = compare_bundle(handmade.write(tmp_path / str(at), files), made.outsides[0])
        assert found.ours == found.theirs, (name, found.told)
        assert found.ours[0] == "B", name
