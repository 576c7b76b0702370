"""Whoever leaves opens nothing that came later, by whatever he kept; what he signed before still counts."""

from io import BytesIO
from pathlib import Path

import pytest

from keys import keyring as keyrings
from keys.age import parse_identity
from keys.identity_file import OpenIdentity
from keys.purposes import CONTENT, RECORD
from keys.subkeys import derive
from keys.vault_keys import VaultKeys
from tests.vault.machine import DOCUMENTS, Machine, disclose, spoken
from tests.vault.members import admit
from tests.vault.raw_pages import decrypted
from tests.vault.test_rotating import opened
from vault import database, membership, renewing, rotating
from vault.archive import Archive
from vault.checking.steps import check
from vault.documents import reading
from vault.documents.local import LocalSegments
from vault.documents.store import SegmentStore
from vault.documents.table import Document
from vault.errors import Damaged, Misuse, NotFound, Refused, Unavailable
from vault.evidence.verdicts import State, Verdict
from vault.folder import read_config
from vault.sealing.errors import NotForUs
from vault.unlocked import unlock

SECRET = b"a recipe that came after he had gone"


class TestRemoving:
    def test_one_entry_ends_the_membership_and_renews_what_he_held(
        self, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        done = rotating.remove(archive, "m2")
        assert done.generations == (("index", 2), ("record", 2))
        lines = archive.entry(done.entry).entry.public_lines
        assert [line.split(" ")[0] for line in lines] == ["vrf", "remove", "keyring"]
        gone = membership.member(archive, "m2")
        assert (gone.until, gone.held) == (done.entry, ())
        assert dict(membership.member(archive, "m1").held) == {"content": 1, "index": 2, "log": 1, "record": 2}

    def test_the_last_custodian_stays(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        with pytest.raises(Refused, match="m1 is the last custodian"):
            rotating.remove(archive, "m1")
        admit(archive, stranger, "custodian")
        with pytest.raises(Refused, match="nobody takes himself out"):
            rotating.remove(archive, "m1")
        with machine.of(stranger).opened() as theirs:
            rotating.remove(theirs, "m1")
            renewing.finish(theirs)
            assert check(theirs, documents=True).state(Verdict.INTEGRITY) is State.PROVEN
        with pytest.raises(Refused, match="opens no keys"):
            machine.open()

    @pytest.mark.parametrize("name", ["m2", "m3", "m", "", "custodian"])
    def test_who_is_no_member_is_not_removed(self, archive: Archive, stranger: OpenIdentity, name: str) -> None:
        admit(archive, stranger, "reader")
        rotating.remove(archive, "m2")
        size = archive.ledger.size()
        with pytest.raises(NotFound, match="is no member"):
            rotating.remove(archive, name)
        assert archive.ledger.size() == size

    def test_only_a_custodian_does_it(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            with pytest.raises(Refused, match="only a custodian removes"):
                rotating.remove(theirs, "m1")
            with pytest.raises(Refused, match="only a custodian revokes"):
                rotating.revoke(theirs, "m1", 1)


class TestRevoking:
    def test_from_that_entry_on_his_origin_is_not_proven_and_before_it_is(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            disclose(theirs, b"by himself")
            disclose(theirs, b"by whoever found his laptop")
        done = rotating.revoke(archive, "m2", 8)
        renewing.finish(archive)
        assert archive.entry(done.entry).entry.public_lines[1] == "revoke m2 8"
        report = check(archive, documents=True)
        assert report.state(Verdict.ORIGIN) is State.NOT_PROVEN
        assert [fault.where for fault in report.faults[Verdict.ORIGIN]] == ["entry 8"]
        assert report.state(Verdict.INTEGRITY) is State.PROVEN

    def test_who_was_removed_already_is_revoked_too(self, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "recorder")
        rotating.remove(archive, "m2")
        renewing.finish(archive)
        done = rotating.revoke(archive, "m2", 7)
        assert done.generations == ()
        assert [one.member for one in archive.history.revocations] == ["m2"]
        assert check(archive).passes()  # he signed nothing from there on

    @pytest.mark.parametrize(
        ("name", "seq", "error"),
        [
            ("m2", 9, Misuse),
            ("m2", -1, Misuse),
            ("m7", 1, NotFound),
            *((name, 1, NotFound) for name in ("x1", "x2", "m02", "m2 ", "m", "", "2")),
        ],
    )
    def test_what_is_not_there_is_not_revoked(
        self, archive: Archive, stranger: OpenIdentity, name: str, seq: int, error: type[Exception]
    ) -> None:
        admit(archive, stranger, "recorder")
        with pytest.raises(error):
            rotating.revoke(archive, name, seq)
        assert archive.ledger.size() == 7

    def test_a_custodian_is_not_revoked_by_himself(self, archive: Archive, stranger: OpenIdentity) -> None:
        with pytest.raises(Refused, match="last custodian"):
            rotating.revoke(archive, "m1", 1)
        admit(archive, stranger, "custodian")
        with pytest.raises(Refused, match="nobody takes himself out"):
            rotating.revoke(archive, "m1", 1)


class Leaver:
    """All that somebody kept: identity, a copy of the vault of before he left, each key that he ever held."""

    def __init__(self, machine: Machine, identity: OpenIdentity, kept: Path) -> None:
        self.old = machine.copied(kept).of(identity)
        config = read_config(self.old.place)
        ring = keyrings.parse(self.old.place.keyring.read_bytes())
        self.config, self.identity = config, identity
        self.held: VaultKeys = unlock(ring, identity.identity)[1]

    def databases(self) -> list[bytes]:
        return [derive(secret, "sqlcipher") for secret in self.held.generations(RECORD).values()]

    def opens(self, segments: SegmentStore, document: Document) -> bool:
        ages = [parse_identity(secret.decode()) for secret in self.held.generations(CONTENT).values()]
        try:
            reading.write_content(segments, document, BytesIO(), ages)
        except NotForUs:
            return False
        return True


@pytest.mark.parametrize("role", ["reader", "custodian"])
def test_with_all_he_kept_a_leaver_opens_nothing_that_came_later(
    machine: Machine, archive: Archive, stranger: OpenIdentity, tmp_path: Path, role: str
) -> None:
    """The old identity, an old copy of the vault, and the new folder as it lies: by our code and past it."""
    admit(archive, stranger, role)
    with machine.of(stranger).opened() as theirs:
        disclose(theirs, b"signed by him")
    archive.checkpoint()
    leaver = Leaver(machine, stranger, tmp_path / "kept")
    rotating.remove(archive, "m2")
    renewing.finish(archive)
    disclose(archive, SECRET, purpose="after he had gone")
    later = archive.ledger.size() - 1

    # the new folder by our code
    with pytest.raises(Refused, match="opens no keys"):
        machine.of(stranger).open()
    # the new keyring past it: nothing in it is sealed to him
    ring = keyrings.parse(machine.place.keyring.read_bytes())
    with pytest.raises(Refused, match="opens no keys"):
        unlock(ring, stranger.identity)
    # the new database under each key he held, also page by page
    for key in leaver.databases():
        with pytest.raises(Refused, match="not opened by the record key"):
            database.open_existing(machine.place.database, key, read_config(machine.place).check)
        assert b"disclosure-vault" not in decrypted(machine.place.database, key)
    assert b"disclosure-vault" in decrypted(machine.place.database, archive.database.access.key)
    # what he would find there, had somebody shown him the tables: headers, and the wrap of the record
    segments = LocalSegments(machine.place.segments)
    assert not [one for one in archive.documents.all() if leaver.opens(segments, one)]
    (wrap,) = archive.ledger.wraps(later, later + 1)
    assert wrap[1] == 2
    assert not {2} & leaver.held.generations(RECORD).keys()
    # the new folder's files under the old keyring and vault.toml
    for name in ("keyring", "vault.toml"):
        (machine.place.path / name).write_bytes((leaver.old.place.path / name).read_bytes())
    with pytest.raises(Damaged, match="page 1 is damaged"):  # the check value is that of his key, the file is not
        machine.of(stranger).open()
    # what he had he has, as the output says
    with leaver.old.opened() as before:
        assert opened(before) == sorted([*DOCUMENTS, b"another", b"signed by him"])
        assert all(leaver.opens(before.segments, one) for one in before.documents.all())


def test_what_a_leaver_signed_before_still_counts(machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
    admit(archive, stranger, "custodian")
    with machine.of(stranger).opened() as theirs:
        disclose(theirs, b"signed by him")
        theirs.checkpoint()
    rotating.remove(archive, "m2")
    renewing.finish(archive)
    disclose(archive, SECRET)
    archive.checkpoint()
    report = check(archive, documents=True)
    assert report.passes()
    assert report.state(Verdict.ORIGIN) is State.PROVEN


def test_where_a_removal_was_cut_short_nothing_is_written_that_the_leaver_reads(
    machine: Machine, archive: Archive, stranger: OpenIdentity
) -> None:
    """[The old key still opens ledger.db, and the record of what is disclosed next lies in its catalog.]"""
    admit(archive, stranger, "reader")
    rotating.remove(archive, "m2")
    with machine.opened() as again:
        writes = (
            lambda: disclose(again, SECRET),
            lambda: again.append([spoken()]),
            lambda: rotating.rotate(again, ["log"]),
            again.checkpoint,
        )
        for write in writes:
            with pytest.raises(Unavailable, match="still opens by an older record key") as caught:
                write()
            assert "dvault keys rotate --resume" in caught.value.hint
        with pytest.raises(NotFound) as absent:
            rotating.remove(again, "m2")
        assert "dvault keys rotate --resume" in absent.value.hint
        assert again.ledger.size() == 8
        renewing.finish(again)
        disclose(again, SECRET)
