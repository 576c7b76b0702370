"""Stamping a vault's checkpoint by a real TSA: what is kept and entered, what a crash leaves, when nothing is done."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority, ago, openssl_accepts
from tests.anchoring.desks import Stamped, files, interrupted, tsa_at
from tests.anchoring.serving import Answer, served
from tests.vault.machine import Clock, spoken
from vault import doctoring, stamping
from vault.anchoring import naming
from vault.anchoring.tsas import Tsa
from vault.errors import Misuse, NotFound, Refused, Unavailable
from vault.evidence.strict import base64_text
from vault.stamping import Anchored


def only(made: list[Anchored]) -> Anchored:
    (one,) = made
    return one


def test_what_is_stamped_is_the_exact_note_and_the_entry_names_the_token(desk: Stamped, tmp_path: Path) -> None:
    with desk.opened() as archive:
        made = only(stamping.anchor(archive))
        (kept,) = made.kept
        root, checkpoint = archive.ledger.root(6), dict(archive.ledger.checkpoints())[6]
        assert archive.entry(made.seq).entry.public_lines == (
            f"checkpoint 6 {base64_text(root)}", f"token {kept.digest}",
        )  # fmt: skip
    assert (made.seq, made.note, made.failed, kept.tsa) == (6, checkpoint, (), "one")
    folder = desk.anchors / "6"
    assert files(desk.anchors) == {"6/checkpoint", f"6/{kept.digest}.tsr", f"6/{kept.digest}.pem"}
    assert (folder / "checkpoint").read_bytes() == made.note
    assert sha256((folder / f"{kept.digest}.tsr").read_bytes()).hexdigest() == kept.digest
    openssl_accepts(folder / f"{kept.digest}.tsr", folder / "checkpoint", desk.tsa.folder / "root.pem")
    openssl_accepts(folder / f"{kept.digest}.tsr", folder / "checkpoint", folder / f"{kept.digest}.pem")


def test_files_are_for_their_owner_alone(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in desk.anchors.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in [desk.anchors, *desk.anchors.iterdir()]}
    assert (modes, folders) == ({0o600}, {0o700})


def test_two_tsas_give_two_tokens_in_one_entry(desk: Stamped, rsa_tsa: Authority) -> None:
    with served(rsa_tsa) as other, desk.opened(None, tsa_at(other, rsa_tsa, "two")) as archive:
        made = only(stamping.anchor(archive))
        lines = archive.entry(made.seq).entry.public_lines
    assert [kept.tsa for kept in made.kept] == ["one", "two"]
    assert list(lines[1:]) == sorted(f"token {kept.digest}" for kept in made.kept)


def test_one_tsa_is_enough_and_the_other_is_named(desk: Stamped, rsa_tsa: Authority) -> None:
    down = Tsa("two", "http://127.0.0.1:1/", rsa_tsa.folder / "root.pem")
    with desk.opened(None, down) as archive:
        made = only(stamping.anchor(archive))
    assert len(made.kept) == 1
    assert made.failed[0].startswith("two: http://127.0.0.1:1/ cannot be reached")


def wrong_nonce(tsa: Authority) -> Answer:
    return lambda query: tsa.lying(tsa.reply(query), nonce=1)


FAULTS = {
    "wrong nonce": (wrong_nonce, "the nonce that was sent"),
    "over other bytes": (lambda tsa: lambda _: tsa.stamp(b"other"), "imprint"),
    "refused": (lambda _: lambda _: bytes.fromhex("30053003020102"), "status granted, found 'rejection'"),
    "cut": (lambda tsa: lambda query: tsa.reply(query)[:-9], "time-stamp response"),
    "nothing": (lambda _: lambda _: b"", "time-stamp response"),
    "of another authority": (lambda tsa: Authority(tsa.folder / "other").reply, "a chain to one of the roots"),
    "dated last year": (lambda tsa: lambda query: tsa.lying(tsa.reply(query), gen_time=ago(days=9000)), "certificate"),
}


@pytest.mark.parametrize(("answer", "word"), FAULTS.values(), ids=FAULTS)
def test_answer_that_does_not_hold_appends_and_keeps_nothing(desk: Stamped, answer, word: str) -> None:  # type: ignore[no-untyped-def]
    desk.server.answer = answer(desk.tsa)
    with desk.opened() as archive:
        with pytest.raises(Unavailable, match=r"no TSA gave a time stamp that holds: one: ") as raised:
            stamping.anchor(archive)
        assert archive.ledger.count("anchor") == 0
    assert word in str(raised.value)
    assert "no anchor entry was appended" in raised.value.hint
    assert files(desk.anchors) == set()


def test_no_tsa_or_no_roots_is_told_before_anybody_is_asked(desk: Stamped) -> None:
    with desk.opened() as archive:
        missing = replace(archive.config.tsas[0], roots=desk.anchors / "missing.pem")
        for tsas, kind in (((), Misuse), ((missing,), NotFound)):
            archive.config = replace(archive.config, tsas=tsas)
            with pytest.raises(kind):
                stamping.anchor(archive)
    assert desk.server.asked == []


def test_who_holds_no_log_key_asks_nobody(desk: Stamped) -> None:
    with desk.opened() as archive:
        archive.secrets = replace(archive.secrets, log=None)
        with pytest.raises(Refused, match="log key"):
            stamping.anchor(archive)
    assert desk.server.asked == []


def test_what_an_interrupted_run_left_is_named_and_entered_by_the_next_one(desk: Stamped) -> None:
    interrupted(desk)
    with desk.opened() as archive:
        ((size, (digest,)),) = naming.orphans(archive.ledger, archive.folder.anchors).items()
        archive.append([spoken()])
        completed, new = stamping.anchor(archive)
        assert naming.orphans(archive.ledger, archive.folder.anchors) == {}
    assert (size, completed.seq, completed.kept[0].digest) == (6, 7, digest)
    assert (new.seq, len(new.kept)) == (8, 1)


def test_note_that_was_stamped_is_stamped_again_rather_than_another_of_the_same_head(desk: Stamped) -> None:
    interrupted(desk)
    next((desk.anchors / "6").glob("*.tsr")).unlink()
    before = (desk.anchors / "6" / "checkpoint").read_bytes()
    with desk.opened() as archive:
        assert naming.orphans(archive.ledger, archive.folder.anchors) == {6: []}
        made = only(stamping.anchor(archive))
        assert (made.seq, made.note) == (6, before)
        assert naming.orphans(archive.ledger, archive.folder.anchors) == {}


def test_orphan_that_does_not_hold_is_left_for_people_to_see(desk: Stamped) -> None:
    interrupted(desk)
    with desk.opened() as archive:
        archive.append([spoken()])
        for token in (desk.anchors / "6").glob("*.tsr"):
            token.write_bytes(b"rubbish")
        made = only(stamping.anchor(archive))
        assert made.seq == 7
        assert list(naming.orphans(archive.ledger, archive.folder.anchors)) == [6]


def test_answer_dated_before_what_older_tokens_prove_is_refused(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        archive.append([spoken()])
        desk.server.answer = lambda query: desk.tsa.lying(desk.tsa.reply(query), gen_time=ago(minutes=5))
        with pytest.raises(Unavailable, match="which older tokens prove"):
            stamping.anchor(archive)
        assert archive.ledger.count("anchor") == 1


DAY = timedelta(days=1)


def test_idle_vault_is_not_due_and_a_busy_one_is_once_a_day(desk: Stamped) -> None:
    clock = Clock(datetime.now(UTC) + 10 * DAY)
    with desk.opened(clock) as archive:
        assert stamping.due(archive, DAY, renew=False)  # never anchored
        stamping.anchor(archive)
        assert not stamping.due(archive, DAY, renew=True)
        clock.time += DAY
        assert not stamping.due(archive, DAY, renew=False)  # nothing but its own anchor since
        assert stamping.due(archive, DAY, renew=True)
        assert stamping.due(archive, None, renew=False)
        archive.append([spoken()])
        assert stamping.due(archive, DAY, renew=False)
        stamping.anchor(archive)
        assert not stamping.due(archive, DAY, renew=False)


def test_renewal_covers_the_entry_that_names_the_older_token(desk: Stamped) -> None:
    with desk.opened() as archive:
        first, again = only(stamping.anchor(archive)), only(stamping.anchor(archive))
        older, newer = naming.named(archive.ledger)
    assert older.seq == first.seq < newer.size == again.seq


def test_entry_names_only_what_the_disk_has(desk: Stamped) -> None:
    """The folder is made unwritable: nothing is appended."""
    desk.anchors.write_bytes(b"a file in its place")
    with desk.opened() as archive:
        with pytest.raises(Unavailable, match="cannot be opened"):
            stamping.anchor(archive)
        assert archive.ledger.count("anchor") == 0


def test_doctor_names_a_lost_token_as_damage_and_an_orphan_as_a_note(desk: Stamped) -> None:
    with desk.opened() as archive:
        stamping.anchor(archive)
        assert doctoring.examine(archive) == []
        (token,) = desk.anchors.glob("*/*.tsr")
        token.rename(token.with_name("0" * 64 + ".tsr"))
        lost, orphan = doctoring.examine(archive)
    assert (lost.what, lost.harm) == (f"anchors/6/{token.name} is missing", True)
    assert "checkpoint 6" in lost.lost
    assert orphan.what.startswith("anchors/6 holds what no anchor entry names")
    assert not orphan.harm
