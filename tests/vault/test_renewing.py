"""What follows a rotation, cut short at each step: the vault opens, and finishing leaves nothing to the old keys."""

from collections.abc import Callable

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.machine import DOCUMENTS, Machine, disclose
from tests.vault.members import admit
from tests.vault.test_rotating import opened
from vault import database, doctoring, renewing, rotating
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, Refused, Unavailable, Unfinished
from vault.folder import read_config
from vault.unlocked import database_keys

DATABASE = "ledger.db still opens by an older record key"
CHECK = "vault.toml has the check value of an older record key"


def nothing(_archive: Archive) -> None:
    """The process ends behind the key entry."""


def unsettled(archive: Archive) -> None:
    """It ends before the new keyring took its place."""
    old = archive.folder.path / "kept"
    archive.folder.next_keyring.write_bytes(archive.folder.keyring.read_bytes())
    archive.folder.keyring.write_bytes(old.read_bytes())


def rekeyed(archive: Archive) -> None:
    """It ends when the log holds every page under the new key."""
    archive.database.rekey(database_keys(archive.secrets.held)[0])


def folded(archive: Archive) -> None:
    """It ends before vault.toml was written."""
    rekeyed(archive)
    archive.database.fold()


class TestCutShort:
    @pytest.mark.parametrize(
        ("cut", "left"),
        [(unsettled, [DATABASE]), (nothing, [DATABASE]), (rekeyed, [CHECK]), (folded, [CHECK])],
        ids=["before the keyring", "before the database", "before the fold", "before vault.toml"],
    )
    def test_the_vault_opens_goes_on_and_is_finished(
        self, machine: Machine, archive: Archive, cut: Callable[[Archive], None], left: list[str]
    ) -> None:
        (archive.folder.path / "kept").write_bytes(archive.folder.keyring.read_bytes())
        old = archive.database.access.key
        rotating.rotate(archive, ["record"])
        cut(archive)
        (archive.folder.path / "kept").unlink()
        copied = machine.copied(machine.folder.parent / "copied")  # as it lies, the log beside it, nothing closed
        with copied.opened() as again:
            assert list(renewing.unfinished(again)) == left
            named = [one.what for one in doctoring.examine(again) if "cut short" in one.what]
            assert named == [f"a rotation of keys was cut short: {left[0]}"]
            if left == [DATABASE]:
                with pytest.raises(Unavailable, match="still opens by an older record key"):
                    disclose(again, b"in between")
            assert check(again, documents=True).passes()
            assert renewing.finish(again).rekeyed == (left == [DATABASE])
            disclose(again, b"behind it")
            assert not list(renewing.unfinished(again))
        with copied.opened() as again:
            assert opened(again) == sorted([*DOCUMENTS, b"another", b"behind it"])
            assert check(again, documents=True).passes()
            assert not [one for one in doctoring.examine(again) if "open to others" not in one.what]
        with pytest.raises(Refused, match="not opened by the record key"):
            database.open_existing(copied.place.database, old, read_config(copied.place).check)


class TestRecord:
    def test_two_at_once_finish_it(self, machine: Machine, archive: Archive) -> None:
        rotating.rotate(archive, ["record"])
        rekeyed(archive)
        with machine.opened() as beside:
            assert renewing.finish(archive).headers.done == 0
            assert not renewing.finish(beside).rekeyed
            assert not list(renewing.unfinished(beside))

    def test_what_people_wrote_into_vault_toml_stays(self, machine: Machine, archive: Archive) -> None:
        mine = archive.folder.config.read_text() + '\n# mine\n[defaults]\nperson = "Jane"\n'
        mine = mine.replace("\n[defaults]\n", "\n", 1)
        archive.folder.config.write_text(mine)
        before = archive.config.check
        rotating.rotate(archive, ["record"])
        renewing.finish(archive)
        assert before != archive.config.check
        assert archive.folder.config.read_text() == mine.replace(before, archive.config.check)
        assert machine.place.config.stat().st_mode & 0o777 == 0o600

    def test_an_old_copy_of_vault_toml_only_makes_the_check_due(self, machine: Machine, archive: Archive) -> None:
        old = archive.folder.config.read_bytes()
        rotating.rotate(archive, ["record"])
        renewing.finish(archive)
        archive.database.close()
        machine.place.config.write_bytes(old)
        with machine.opened() as again:
            assert list(renewing.unfinished(again)) == [CHECK]

    def test_who_reads_meanwhile_reads_no_nonsense(self, machine: Machine, archive: Archive) -> None:
        """His pages are another key's by then: he is refused, and opens it again."""
        archive.database.execute("PRAGMA busy_timeout=50")
        with machine.opened() as reading:
            with reading.database.snapshot():
                assert reading.ledger.size() == 6
                rotating.rotate(archive, ["record"])
                with pytest.raises(Unavailable, match="is being read by another process"):
                    renewing.finish(archive)
                assert reading.ledger.size() == 6
            with pytest.raises(Damaged, match="or the record key was rotated meanwhile"):
                reading.ledger.size()
        renewing.finish(archive)
        assert check(archive, documents=True).passes()

    def test_who_writes_meanwhile_is_not_cut_off(
        self, machine: Machine, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rotating.rotate(archive, ["record"])
        archive.database.execute("PRAGMA busy_timeout=50")
        with machine.opened() as writing, writing.database.transaction():
            with pytest.raises(Unavailable, match="was not encrypted anew"):
                renewing.finish(archive)
            assert writing.ledger.size() == 7
        assert list(renewing.unfinished(archive)) == [DATABASE]
        assert renewing.finish(archive).rekeyed

    def test_page_1_damaged_is_called_damaged_also_between_two_keys(self, machine: Machine, archive: Archive) -> None:
        rotating.rotate(archive, ["record"])
        archive.database.close()
        data = bytearray(machine.place.database.read_bytes())
        data[200] ^= 1
        machine.place.database.write_bytes(data)
        with pytest.raises(Damaged, match="page 1 is damaged"):
            database.open_by_one(machine.place.database, database_keys(archive.secrets.held), archive.config.check)


def test_ctrl_c_says_what_is_there_and_what_goes_on(machine: Machine, archive: Archive) -> None:
    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    done = rotating.rotate(archive, ["all"])
    with pytest.raises(Unfinished, match=f"entry {done.entry} was written, but .* cut short: interrupted") as caught:
        renewing.follow(archive, done.entry, interrupted)
    assert "--resume goes on" in caught.value.hint
    archive.database.close()
    with machine.opened() as again:
        assert list(renewing.unfinished(again)) == ["headers of documents may still be wrapped to an older content key"]
        renewing.follow(again, done.entry)
        assert check(again, documents=True).passes()


def test_who_lacks_the_content_key_cannot_wrap_headers_anew(
    machine: Machine, archive: Archive, stranger: OpenIdentity
) -> None:
    admit(archive, stranger, "recorder")
    rotating.rotate(archive, ["content"])
    with machine.of(stranger).opened() as theirs, pytest.raises(Refused, match="holds no content key"):
        renewing.finish(theirs)
