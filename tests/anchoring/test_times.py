"""What `dvault verify` says of time: proven under roots from outside only, each trick with an anchor by its name."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority, Life
from tests.anchoring.desks import Stamped, interrupted
from tests.evidence.ledgers import Ledger
from tests.vault.machine import Clock, spoken
from vault import publishing, stamping
from vault.archive import Archive
from vault.checking import steps
from vault.checking.anchors import interval_of
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.intervals import Interval
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State, Verdict
from vault.verify import asking
from vault.verify.outside import Outside
from vault.verify.report import Report

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARGIN = timedelta(seconds=1, milliseconds=500, microseconds=100)


def check(archive: Archive, *roots: bytes) -> Report:
    return steps.check(archive, outside=Outside(tsa_roots=tuple(roots)))


def time_of(report: Report) -> tuple[State, str]:
    return report.state(Verdict.TIME), report.why(Verdict.TIME)


def every(report: Report) -> str:
    return "\n".join(map(str, report.faults[Verdict.TIME]))


def enter(archive: Archive, token: bytes, note: bytes = b"", root: bytes | None = None) -> int:
    """What an owner does by hand who holds every key: keep any token and let an entry name it."""
    note = note or archive.checkpoint(index=False)
    size = archive.ledger.size()
    archive.folder.anchors.keep(size, note, token, b"")
    root = archive.ledger.root(size) if root is None else root
    named = f"token {sha256(token).hexdigest()}"
    return archive.append_public("anchor", [f"checkpoint {size} {base64_text(root)}", named])


def stamp(archive: Archive, tsa: Authority, time: datetime) -> int:
    """Enter a token of that time over the checkpoint there is."""
    note = archive.checkpoint(index=False)
    return enter(archive, tsa.stamp(note, time=time), note)


def token_file(desk: Stamped) -> Path:
    (found,) = desk.anchors.glob("*/*.tsr")
    return found


def test_time_is_proven_under_roots_from_outside_and_the_interval_is_that_of_the_tokens(desk: Stamped) -> None:
    with desk.opened(Clock(NOON + DAY)) as archive:
        stamp(archive, desk.tsa, NOON)
        archive.append([spoken()])
        stamp(archive, desk.tsa, NOON + HOUR)
        state, why = time_of(check(archive, *desk.tsa.roots))
        assert state is State.PROVEN
        assert why == (
            "entries 0 to 7 were there by 2026-11-24T13:00:01.500100Z;"
            " what follows the newest anchor was made after 2026-11-24T12:59:58.499900Z"
        )
        assert interval_of(archive, 3) == Interval(None, NOON + MARGIN)
        assert interval_of(archive, 7) == Interval(NOON - MARGIN, NOON + HOUR + MARGIN)
        assert interval_of(archive, 9) == Interval(NOON + HOUR - MARGIN, None)


def test_roots_of_the_vault_itself_prove_nothing_and_the_interval_is_shown(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        report = check(archive)
    expected = "TSA roots: expected roots from outside the vault (--policy, --tsa-root), found 'self-asserted'"
    assert time_of(report) == (State.NOT_PROVEN, expected)
    assert any(
        line.startswith("by the vault's own TSA roots, which prove nothing to others: entries 0 to 5 were there by 2")
        for line in report.remarks
    )


def test_invented_tsa_is_none_of_the_verifiers(desk: Stamped, rsa_tsa: Authority) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        report = check(archive, *rsa_tsa.roots)
    assert time_of(report) == (
        State.NOT_PROVEN, "entries 0 to 6: expected a timestamp over a checkpoint, found 'none that counts'",
    )  # fmt: skip
    assert "1 time stamps lead to none of the roots and were not counted" in report.remarks


def test_entries_after_the_newest_anchor_are_named(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        assert time_of(check(archive, *desk.tsa.roots))[0] is State.PROVEN  # the anchor entry itself says nothing new
        archive.append([spoken()])
        state, why = time_of(check(archive, *desk.tsa.roots))
    assert state is State.NOT_PROVEN
    assert why.startswith("entries 7 to 7: expected a timestamp over a checkpoint")


def test_accuracy_that_nobody_stated_is_told(desk: Stamped, rsa_tsa: Authority) -> None:
    with desk.opened(Clock(NOON + DAY)) as archive:
        stamp(archive, rsa_tsa, NOON)
        report = check(archive, *rsa_tsa.roots)
    assert "entries 0 to 5 were there by 2026-11-24T12:01:00.000000Z" in report.why(Verdict.TIME)
    assert "1 time stamps state no accuracy; each was taken as 60 seconds" in report.remarks


def test_swapped_token_is_broken(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        note = archive.folder.anchors.note(6)
        assert note is not None
        token_file(desk).write_bytes(desk.tsa.stamp(note))  # another good one, but not the one that was entered
        state, why = time_of(check(archive, *desk.tsa.roots))
    assert state is State.BROKEN
    assert "as entry 6 says" in why


def test_missing_token_is_named_and_proves_nothing(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        path = token_file(desk)
        path.unlink()
        report = check(archive, *desk.tsa.roots)
    assert time_of(report)[0] is State.NOT_PROVEN
    assert f"anchors/6/{path.name}: expected the file that entry 6 names, found 'none'" in every(report)


def test_missing_note_is_named_and_proves_nothing(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        (desk.anchors / "6" / "checkpoint").unlink()
        report = check(archive, *desk.tsa.roots)
    assert time_of(report)[0] is State.NOT_PROVEN
    assert "anchors/6/checkpoint: expected the file that entry 6 names" in every(report)


def test_another_signing_of_the_same_head_is_not_what_was_stamped(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        again = archive.secrets.log.sign(Checkpoint(archive.config.origin, 6, archive.ledger.root(6)), 1)  # type: ignore[union-attr]
        (desk.anchors / "6" / "checkpoint").write_bytes(again)
        state, why = time_of(check(archive, *desk.tsa.roots))
    assert state is State.BROKEN
    assert "the imprint of the stamped bytes" in why


def test_anchor_that_claims_a_checkpoint_of_another_tree_is_broken_and_counts_for_nothing(desk: Stamped) -> None:
    with desk.opened() as archive:
        note = archive.secrets.log.sign(Checkpoint(archive.config.origin, 6, bytes(32)), 1)  # type: ignore[union-attr]
        enter(archive, desk.tsa.stamp(note), note, bytes(32))
        report = check(archive, *desk.tsa.roots)
    assert report.state(Verdict.ORDER) is State.BROKEN
    assert "anchor in entry 6" in report.why(Verdict.ORDER)
    assert time_of(report)[0] is State.NOT_PROVEN


def test_token_over_another_vaults_checkpoint_is_broken(desk: Stamped) -> None:
    other = Ledger.founded("other.example/log")
    for _ in range(5):
        other.disclose()
    note = other.checkpoint()
    with desk.opened() as archive:
        enter(archive, desk.tsa.stamp(note), note)
        state, why = time_of(check(archive, *desk.tsa.roots))
    assert state is State.BROKEN
    assert why.startswith("anchors/6/checkpoint: ")


def test_stamp_dated_before_its_certificate_is_broken(desk: Stamped, tmp_path: Path) -> None:
    young = Authority(tmp_path / "young", name="Young", life=Life(first=NOON - DAY))
    with desk.opened(Clock(NOON + DAY)) as archive:
        stamp(archive, young, NOON - 30 * DAY)
        state, why = time_of(check(archive, *young.roots))
    assert state is State.BROKEN
    assert "as the certificate has it" in why


def test_two_tsas_that_cannot_both_be_right_break_time(desk: Stamped, rsa_tsa: Authority) -> None:
    with desk.opened(Clock(NOON + DAY)) as archive:
        stamp(archive, desk.tsa, NOON)
        archive.append([spoken()])
        stamp(archive, rsa_tsa, NOON - 30 * DAY)
        state, why = time_of(check(archive, *desk.tsa.roots, *rsa_tsa.roots))
    assert state is State.BROKEN
    assert why.startswith("entry 7: expected a time after 2026-11-24T11:59:58")


def dated_back(report: Report) -> list[str]:
    return [remark for remark in report.remarks if "as time stamps show" in remark]


def test_entry_that_says_a_time_before_the_anchor_that_it_follows_is_named(desk: Stamped, tmp_path: Path) -> None:
    """[An owner enters something late, and his clock says that it was in time.]"""
    with desk.opened(Clock(NOON - DAY)) as archive:
        stamp(archive, desk.tsa, NOON)
        for _ in range(3):
            archive.append([spoken()])
        publishing.publish(archive, tmp_path / "out")
    said = "entry 7 says 2026-11-23T12:03:00.000000Z, and was made after 2026-11-24T11:59:58.499900Z"
    with desk.opened(Clock(NOON + DAY)) as archive:
        for part in (1, 2, 3, 100):
            effort = steps.Effort(part=part, span=1, processes=1)
            report = steps.check(archive, outside=Outside(tsa_roots=desk.tsa.roots), effort=effort)
            assert dated_back(report) == [f"{said}, as time stamps show"]
        assert dated_back(check(archive, *desk.tsa.roots)) == [f"{said}, as time stamps show"]
        fingerprint = archive.fingerprint
    found = asking.look(str(tmp_path / "out"), Outside(fingerprint, tsa_roots=desk.tsa.roots), None)
    assert dated_back(found.report) == [f"{said}, as time stamps show"]


@pytest.mark.parametrize(("behind", "named"), [(timedelta(minutes=4), 0), (timedelta(minutes=9), 1)])
def test_clock_that_is_a_little_behind_is_no_matter(
    desk: Stamped, rsa_tsa: Authority, behind: timedelta, named: int
) -> None:
    with desk.opened(Clock(NOON - behind - timedelta(minutes=3))) as archive:
        stamp(archive, desk.tsa, NOON)
        archive.append([spoken()])
        assert archive.entry(7).entry.time == NOON - behind
    with desk.opened(Clock(NOON + DAY)) as archive:
        assert len(dated_back(check(archive, *desk.tsa.roots))) == named
        assert dated_back(check(archive, *rsa_tsa.roots)) == []  # under whose roots nothing is shown


def test_each_stretch_between_anchors_is_looked_at(desk: Stamped) -> None:
    with desk.opened(Clock(NOON)) as archive:
        stamp(archive, desk.tsa, NOON)  # entry 6
        archive.append([spoken()])
        stamp(archive, desk.tsa, NOON + DAY)  # entry 8
        archive.append([spoken()])
    with desk.opened(Clock(NOON + 2 * DAY)) as archive:
        assert [said.split(" says ")[0] for said in dated_back(check(archive, *desk.tsa.roots))] == ["entry 9"]


@pytest.mark.parametrize(("renewed", "state"), [(5, State.PROVEN), (15, State.NOT_PROVEN), (None, State.NOT_PROVEN)])
def test_stamp_of_a_chain_that_ended_counts_if_it_was_renewed_before(
    desk: Stamped, tmp_path: Path, renewed: int | None, state: State
) -> None:
    short = Authority(tmp_path / "short", name="Short", life=Life(last=NOON + 10 * DAY))
    with desk.opened(Clock(NOON + 20 * DAY)) as archive:
        stamp(archive, short, NOON)
        if renewed:
            stamp(archive, desk.tsa, NOON + renewed * DAY)
        report = check(archive, *short.roots, *desk.tsa.roots)
        said = any("their certificates have ended" in line for line in report.remarks)
    if renewed:  # what the newer one covers is proven either way; the older date only if it was renewed in time
        assert report.state(Verdict.TIME) is State.PROVEN
        assert said is (state is State.NOT_PROVEN)
    else:
        assert (report.state(Verdict.TIME), said) == (State.NOT_PROVEN, True)


def test_what_no_entry_names_is_named_and_proves_nothing(desk: Stamped) -> None:
    interrupted(desk)
    with desk.opened() as archive:
        report = check(archive, *desk.tsa.roots)
    assert time_of(report) == (State.NOT_PROVEN, "anchor: expected a timestamp over a checkpoint, found 'none'")
    assert "anchors/6 holds what no anchor entry names; dvault checkpoint --anchor enters it" in report.remarks


def test_rubbish_in_the_folder_is_no_defect(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        note = desk.anchors / "6" / "checkpoint"
        for data in (b"", b"\xff" * 99, note.read_bytes()[:-1]):
            note.write_bytes(data)
            assert time_of(check(archive, *desk.tsa.roots))[0] is State.BROKEN
        note.unlink()
        note.mkdir()
        assert time_of(check(archive, *desk.tsa.roots))[0] is State.NOT_PROVEN
