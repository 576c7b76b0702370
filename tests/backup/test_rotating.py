"""After a rotation the bucket gets the headers as they are, restores to them, and the old ones are let go."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from tests.backup.desks import Backed, elsewhere, rows, verified
from tests.vault.machine import disclose
from vault import renewing, rotating
from vault.backup import extending, headers, layout
from vault.backup.checking import every, verify
from vault.backup.store import LargeStore, Lock
from vault.sealing import header
from vault.sealing.errors import NotForUs


def opened_by_the_newest(made: Backed, key: str) -> set[bool]:
    """Which headers of an object the newest content key opens."""
    found = set()
    for placed in headers.parse(made.store.read(key), key).placed:
        try:
            header.check(placed.header, made.archive.secrets.content[-1:])
            found.add(True)
        except NotForUs:
            found.add(False)
    return found


def header_names(made: Backed) -> set[str]:
    return {one.key for one in made.store.versions() if one.key.startswith(layout.HEADERS)}


def test_the_next_run_sends_the_headers_anew_once(bucketed: Backed) -> None:
    bucketed.run()
    before = header_names(bucketed)
    rotating.rotate(bucketed.archive, ["all"])
    renewing.finish(bucketed.archive)
    bucketed.run()
    fresh = header_names(bucketed) - before
    assert {one for key in fresh for one in opened_by_the_newest(bucketed, key)} == {True}
    assert [fault for fault in verify(bucketed.job, every).faults if fault.lost] == []
    ran = bucketed.run()
    assert (ran.entry, ran.sent.objects) == (None, 0)


def test_what_is_restored_then_is_what_was_rotated(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    rotating.rotate(bucketed.archive, ["all"])
    renewing.finish(bucketed.archive)
    disclose(bucketed.archive, b"sealed to the newer key")
    bucketed.run()
    bucketed.restored(tmp_path / "back")
    with elsewhere(bucketed.machine, tmp_path / "back").opened() as archive:
        assert verified(archive).passes()
        assert len(rows(archive)["document"]) == len(rows(bucketed.archive)["document"])
        assert renewing.finish(archive).headers.unopened == 0  # which of two headers came back, it does not know
        newest = archive.secrets.content[1:]
        assert all(header.unwrap(one.header or b"", newest) for one in archive.documents.all())
        assert not list(renewing.unfinished(archive))


def test_a_backup_from_before_comes_back_by_the_older_key(bucketed: Backed, tmp_path: Path) -> None:
    """Between a rotation and the next run the bucket holds old headers and the old keyring, of one state."""
    bucketed.run()
    size = bucketed.archive.ledger.size()
    rotating.rotate(bucketed.archive, ["all"])
    renewing.finish(bucketed.archive)
    bucketed.restored(tmp_path / "back")
    with elsewhere(bucketed.machine, tmp_path / "back").opened() as archive:
        assert archive.ledger.size() == size
        assert verified(archive).passes()


class Slow:
    """A bucket that takes its time: a rotation is finished while it locks headers."""

    def __init__(self, made: Backed) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made.store, name)

    def retain(self, key: str, version: str, lock: Lock) -> None:
        if key.startswith(layout.HEADERS):
            renewing.finish(self._made.archive)
        self._made.store.retain(key, version, lock)


def test_headers_that_are_wrapped_anew_during_a_run_are_sent_by_the_next(bucketed: Backed) -> None:
    bucketed.run()
    before = header_names(bucketed)
    rotating.rotate(bucketed.archive, ["content"])
    extending.extend(replace(bucketed, store=cast("LargeStore", Slow(bucketed))).job)
    assert not list(renewing.unfinished(bucketed.archive))
    bucketed.run()
    fresh = header_names(bucketed) - before
    assert {one for key in fresh for one in opened_by_the_newest(bucketed, key)} == {True}
