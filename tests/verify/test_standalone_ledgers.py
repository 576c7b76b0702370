"""The one file and the program come to the same verdicts on ledgers, whatever somebody makes of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.evidence.ledgers import Ledger
from tests.strangers import ledgers
from tests.strangers.comparing import UNEXPLAINED, agree, alone, compare_folder, run
from tests.strangers.ledgers import early, enter_index, known, rich
from tests.strangers.soak import by_process_on_ledger, on_ledger
from tests.verify import test_auditing
from tests.verify.folders import files_of, honest, write
from tests.verify.test_attacks import ATTACKS, TRUE, WHO, true_ledger
from vault.evidence.strict import base64_text


def test_an_honest_ledger_is_proven(tmp_path: Path) -> None:
    folder, fingerprint = write(tmp_path / "ledger", honest(TRUE)), TRUE.fingerprint.hex()
    code, found, said = run(folder, "--fingerprint", fingerprint.upper(), "--checkpoint", folder / "checkpoint")
    assert (code, found) == (0, "PPPNN")
    assert "skipped: ML-DSA-44 signatures" in said
    assert "skipped: time stamps: no roots were given" in said
    assert "skipped: records" in said
    assert run(folder)[:2] == (1, "PNNNN")
    assert run(folder, "--require", "integrity")[0] == 0
    assert run(folder, "--fingerprint", fingerprint, "--require", "time")[0] == 1


@pytest.mark.parametrize("who", WHO)
def test_it_agrees_with_the_program_on_attacks(tmp_path: Path, who: str) -> None:
    for number, (_, attack, _, _) in enumerate(ATTACKS):
        agree(compare_folder(write(tmp_path / str(number), attack(true_ledger())), WHO[who]))


def with_index(*, leave_out: int = -1, behind: bool = False) -> Ledger:
    ledger = true_ledger()
    enter_index(ledger, frozenset([leave_out]))
    if behind:
        ledger.disclose(by="m2")
    return ledger


def test_it_agrees_on_one_of_each_sort_of_entry(tmp_path: Path) -> None:
    ledger = rich()
    found = agree(compare_folder(write(tmp_path, honest(ledger)), known(ledger, early(ledger, 8))))
    assert found == {"integrity": "P", "order": "P", "origin": "N", "time": "N", "completeness": "P"}
    assert any("its signer m2 was revoked later" in what for _, _, what in alone(tmp_path, known(ledger)).faults)


@pytest.mark.parametrize(
    ("ledger", "expected", "said"),
    [
        (with_index(), "P", "a list proven by it is complete"),
        (with_index(leave_out=4), "B", "entry 7: another index root than that over the entries before"),
        (with_index(behind=True), "N", "no index over entries 8 to 8"),
    ],
    ids=["true", "one left out", "too old"],
)
def test_it_recomputes_the_index(tmp_path: Path, ledger: Ledger, expected: str, said: str) -> None:
    """[The owner signs an index that lacks an entry.]"""
    folder = write(tmp_path, honest(ledger))
    assert agree(compare_folder(folder, known(ledger)))["completeness"] == expected
    assert said in alone(folder, known(ledger)).verdict("completeness")[1][0]


def test_an_index_says_nothing_of_a_leaf_behind_it_that_cannot_be_read(tmp_path: Path) -> None:
    """[What would be missing from a list is written so that no reader can file it.]"""
    ledger = with_index()
    ledger.append(b"disclosure-vault/entry/v2\n")
    found = agree(compare_folder(write(tmp_path, honest(ledger)), known(ledger)))
    assert (found["integrity"], found["completeness"]) == ("B", "N")


def test_an_anchor_beyond_the_ledger_is_broken_and_no_crash(tmp_path: Path) -> None:
    """[Its entry says another number than it has, so that the checkpoint it names looks smaller.]"""
    ledger = true_ledger()
    lines = (f"checkpoint 100000 {base64_text(bytes(32))}", "token " + "ab" * 32)
    ledger.append(ledger.sign(ledger.next_entry("anchor", public_lines=lines)._replace(seq=200_000)))
    assert agree(compare_folder(write(tmp_path, honest(ledger)), known(ledger)))["order"] == "B"


DAMAGE = test_auditing.DAMAGE[3::9]  # all of them take half a minute


@pytest.mark.parametrize("case", DAMAGE, ids=[case[0] for case in DAMAGE])
def test_it_agrees_on_damage_to_a_ledger_of_several_tiles(
    tmp_path: Path, case: tuple[str, Callable[[Path], object], str, str]
) -> None:
    folder = write(tmp_path, test_auditing.LONG_FILES)
    case[1](folder)
    agree(compare_folder(folder, test_auditing.LONG_KNOWN))


def test_it_agrees_on_tiles_that_were_outgrown_or_stand_for_others(tmp_path: Path) -> None:
    long = test_auditing.LONG
    before = {name: data for name, data in files_of(long.leaves[:300], b"").items() if name != "checkpoint"}
    agree(compare_folder(write(tmp_path / "outgrown", test_auditing.LONG_FILES | before), test_auditing.LONG_KNOWN))
    part = Ledger(long.origin, long.leaves[:200])
    later = files_of(long.leaves[:300], part.checkpoint())
    full = {name: later[name] for name in ("checkpoint", "tile/0/000", "tile/entries/000")}
    assert agree(compare_folder(write(tmp_path / "full", full), known(part)))["order"] == "N"


# A sample of `python -m tests.soak strangers`.


@settings(max_examples=60, deadline=None)
@given(trial=ledgers.TRIALS)
def test_it_agrees_whatever_is_changed(trial: tuple[str, tuple[str, tuple[object, ...]], int]) -> None:
    found = on_ledger(*trial)
    assert found.why != UNEXPLAINED, found


@settings(max_examples=30, deadline=None)
@given(which=ledgers.WHERE, at=ledgers.WHERE, flipped=ledgers.XOR)
def test_no_byte_of_a_ledger_is_changed_unseen(which: int, at: int, flipped: int) -> None:
    found = on_ledger("plain", ("files", ("byte", which, at, flipped)), 0)
    assert found.why != UNEXPLAINED, found
    assert "B" in found.ours, found
    assert "B" in found.theirs or "ML-DSA" in found.why, found


def test_both_programs_say_by_themselves_what_they_say_here() -> None:
    for trial in [("rich", ("files", ("lost", 2, 0, 1)), 2), ("plain", ("entries", (("drop", 4, 0), "left", True)), 0)]:
        found = by_process_on_ledger(*trial)
        assert not found.why, found
