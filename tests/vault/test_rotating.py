"""New generations of keys: in force from one key entry on; what was there before opens and verifies as it did."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.machine import DOCUMENTS, LEI, Machine, disclose, found, spoken
from tests.vault.members import admit
from vault import doctoring, keyring_file, membership, renewing, rotating
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import NotFound, Refused, Unavailable
from vault.evidence.checkpoint import open_checkpoint
from vault.index import proofs
from vault.unlocked import read_keyring


def opened(archive: Archive) -> list[bytes]:
    """What each stored document holds."""
    contents = []
    for document in archive.documents.all():
        sink = BytesIO()
        archive.get(document, sink)
        contents.append(sink.getvalue())
    return sorted(contents)


def stored(archive: Archive) -> list[bytes]:
    return sorted([*DOCUMENTS, b"another"])


class TestAny:
    @pytest.mark.parametrize("purpose", ["content", "index", "log", "record"])
    def test_everything_is_readable_and_proven_before_and_behind_it(self, machine: Machine, purpose: str) -> None:
        with machine.opened() as archive:
            archive.checkpoint()
            done = rotating.rotate(archive, [purpose])
            renewing.finish(archive)
            assert not list(renewing.unfinished(archive))
            assert done.generations == ((purpose, 2),)
            assert archive.entry(done.entry).entry.kind == "key"
            disclose(archive, b"stored behind it", purpose="later")
            archive.checkpoint()
        with machine.opened() as archive:
            assert opened(archive) == sorted([*stored(archive), b"stored behind it"])
            assert archive.read(3).values()["purpose"] == "licence"
            assert archive.read(done.entry + 1).values()["purpose"] == "later"
            assert check(archive, documents=True).passes()

    def test_the_new_one_is_sealed_to_whose_role_holds_it(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        rotating.rotate(archive, ["all"])
        renewing.finish(archive)
        assert dict(membership.member(archive, "m1").held) == {"content": 2, "index": 2, "log": 2, "record": 2}
        assert dict(membership.member(archive, "m2").held) == {"index": 2, "record": 2}
        with machine.of(stranger).opened() as theirs:
            disclose(theirs, b"by the recorder")
        archive.checkpoint()
        assert check(archive, documents=True).passes()

    def test_who_has_the_vault_open_writes_nothing_under_the_old_ones(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            rotating.rotate(archive, ["index"])
            with pytest.raises(Unavailable, match="keys of this vault were changed"):
                theirs.append([spoken()])

    def test_only_a_custodian_does_it(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "reader")
        with machine.of(stranger).opened() as theirs:
            with pytest.raises(Refused, match="only a custodian rotates keys"):
                rotating.rotate(theirs, ["content"])
            assert theirs.ledger.size() == 7

    def test_a_key_that_the_vault_does_not_have_is_named(self, archive: Archive) -> None:
        with pytest.raises(NotFound, match="no key for inbox") as caught:
            rotating.rotate(archive, ["inbox"])
        assert caught.value.hint == "it has content, index, log, record"
        assert archive.ledger.size() == 6

    def test_a_keyring_that_was_swapped_meanwhile_is_not_signed(self, archive: Archive, stranger: OpenIdentity) -> None:
        before = archive.folder.keyring.read_bytes()
        admit(archive, stranger, "reader")
        archive.folder.keyring.write_bytes(before)
        with pytest.raises(Exception, match="not the one that the newest key entry"):
            rotating.rotate(archive, ["index"])
        assert archive.ledger.size() == 7


class TestStrength:
    """[vault.toml is signed by nobody: edited, it would have all that comes later sealed to X25519 alone.]"""

    @pytest.mark.parametrize("classic", [False, True], ids=["hybrid", "classic"])
    def test_the_keyring_decides_and_vault_toml_that_says_another_is_refused(
        self, tmp_path: Path, identity: OpenIdentity, classic: bool
    ) -> None:
        mine = found(tmp_path / "mine", identity, classic=classic)
        text = mine.place.config.read_text()
        said, other = f"classic = {str(classic).lower()}", f"classic = {str(not classic).lower()}"
        mine.place.config.write_text(text.replace(said, other))
        with pytest.raises(Refused, match="by its keyring it is") as caught:
            mine.open()
        assert said in caught.value.hint
        mine.place.config.write_text(text)
        mine.open().database.close()

    def test_new_generations_and_members_are_as_strong_as_what_was_there(
        self, archive: Archive, stranger: OpenIdentity
    ) -> None:
        archive.config = replace(archive.config, classic=True)
        admit(archive, stranger, "reader")
        rotating.rotate(archive, ["content"])
        assert archive.secrets.content_recipient.startswith("age1pq")
        assert membership.member(archive, "m2").line.recipient.startswith("age1pq")


class TestIndex:
    def test_the_entry_declares_the_key_and_tags_are_made_by_it(self, archive: Archive) -> None:
        done = rotating.rotate(archive, ["index"])
        ring = read_keyring(archive.folder, archive.config.origin).unverified
        assert archive.entry(done.entry).entry.public_lines[0] == f"vrf 2 {ring.newest('index').value}"
        assert archive.history.generation == 2
        archive.append([spoken()])
        before, after = archive.entry(3).entry.tags, archive.entry(done.entry + 1).entry.tags
        assert len(before) == len(after) == 1
        assert before != after

    def test_a_question_is_asked_under_each_generation(self, archive: Archive) -> None:
        rotating.rotate(archive, ["index"])
        archive.append([spoken()])
        archive.checkpoint()
        found = proofs.prove_terms(archive, [LEI])
        assert [(one.generation, len(one.entries)) for one in found] == [(1, 5), (2, 1)]


class TestLog:
    def test_the_checkpoint_over_the_entry_has_the_new_keys(self, archive: Archive) -> None:
        old = archive.history.log
        done = rotating.rotate(archive, ["log"])
        assert archive.history.log != old
        note = archive.ledger.checkpoint()
        assert note
        assert open_checkpoint(note, archive.history.log, "checkpoint").size == done.entry + 1
        assert archive.history.log_at(done.entry) == old

    def test_the_old_key_signs_nothing_more(self, archive: Archive) -> None:
        old = archive.secrets
        rotating.rotate(archive, ["log"])
        archive.secrets = old
        with pytest.raises(Refused, match="not the one in force"):
            archive.append([spoken()])
        assert archive.ledger.size() == 7


class Slow:
    """An identity that is used when keys were changed already, behind the first look at the folder."""

    def __init__(self, identity: OpenIdentity, change: Callable[[], object]) -> None:
        self._inner, self._changes = identity, [change]

    def __getattr__(self, name: str) -> Any:
        while self._changes:
            self._changes.pop()()
        return getattr(self._inner, name)


def renew(archive: Archive, purpose: str) -> None:
    rotating.rotate(archive, [purpose])
    renewing.finish(archive)


class TestMeanwhile:
    """A sound vault is never called damaged because keys were changed beside who looks at it."""

    @pytest.mark.parametrize("purpose", ["content", "index", "log", "record"])
    def test_who_is_opening_it_gets_it_open(self, machine: Machine, archive: Archive, purpose: str) -> None:
        late = Slow(machine.identity, lambda: renew(archive, purpose))
        with replace(machine, identity=cast("OpenIdentity", late)).opened() as again:
            assert again.history.joined == 1
            assert check(again, documents=True).passes(())

    @pytest.mark.parametrize("purpose", ["content", "index", "log", "record"])
    def test_who_has_it_open_is_told_to_repeat_it_or_finds_nothing(
        self, machine: Machine, archive: Archive, purpose: str
    ) -> None:
        with machine.opened() as before:
            renew(archive, purpose)
            for look in (lambda: doctoring.examine(before), lambda: check(before, documents=True).passes(())):
                with suppress(Unavailable):
                    assert look() in (True, [])

    def test_a_record_key_that_was_renewed_is_no_damage(self, machine: Machine, archive: Archive) -> None:
        with machine.opened() as before:
            renew(archive, "record")
            for look in (doctoring.examine, check):
                with pytest.raises(Unavailable, match="the keys of this vault were changed meanwhile"):
                    look(before)
            with pytest.raises(Unavailable, match="the keys of this vault were changed meanwhile"):
                rotating.rotate(before, ["log"])

    def test_a_newcomer_is_no_damage(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        with machine.opened() as before:
            admit(archive, stranger, "reader")
            assert check(before, documents=True).passes(())
            with pytest.raises(Unavailable, match="the keys of this vault were changed meanwhile"):
                keyring_file.current(before)

    def test_what_is_damaged_is_called_so_as_before(self, machine: Machine, archive: Archive) -> None:
        next(machine.place.segments.iterdir()).unlink()
        assert not check(archive, documents=True).passes(())
        assert doctoring.examine(archive)
