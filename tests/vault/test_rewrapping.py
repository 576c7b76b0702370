"""Headers wrapped to a newer content key in bulk: payloads stay, nothing of an old header does, even if cut short."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest

from tests.vault.machine import DOCUMENTS, Machine, disclose
from tests.vault.raw_pages import decrypted
from tests.vault.test_rotating import opened
from vault import renewing, rewrapping, rotating
from vault.archive import Archive
from vault.checking.steps import check
from vault.documents.wrapping import HeaderTable
from vault.errors import Unavailable
from vault.sealing import header
from vault.sealing.errors import NotForUs


def headers(archive: Archive) -> list[bytes]:
    return [document.header for document in archive.documents.all() if document.header]


def old_only(archive: Archive) -> Archive:
    """The archive with the content keys of before the last rotation."""
    archive.secrets = replace(archive.secrets, content=archive.secrets.content[:-1])
    return archive


class Cut(Exception):
    """The process ends here."""


def cut_after(batches: int) -> Iterator[int]:
    yield from range(batches)
    raise Cut


class TestRewrapping:
    def test_the_old_key_opens_none_of_them_and_the_new_one_all(self, archive: Archive) -> None:
        before, payloads = headers(archive), {one.payload_sha256 for one in archive.documents.all()}
        old = archive.secrets.content
        rotating.rotate(archive, ["content"])
        assert rewrapping.rewrap(archive) == (4, 0)
        assert {one.payload_sha256 for one in archive.documents.all()} == payloads
        assert not set(headers(archive)) & set(before)
        for one in headers(archive):
            header.check(one, archive.secrets.content[-1:])
            with pytest.raises(NotForUs):
                header.check(one, old)
        assert opened(archive) == sorted([*DOCUMENTS, b"another"])
        assert check(archive, documents=True).passes()

    def test_nothing_of_the_old_headers_is_left_in_pages_or_log(self, archive: Archive) -> None:
        key, before = archive.database.access.key, headers(archive)
        whole = decrypted(archive.folder.database, key)
        assert all(one in whole for one in before)  # so what is looked for can be found
        rotating.rotate(archive, ["content"])
        rewrapping.rewrap(archive)
        left = decrypted(archive.folder.database, key)
        assert all(one in left for one in headers(archive))
        assert not [one for one in before if one[100:400] in left or one[-400:-100] in left]

    def test_a_second_time_there_is_nothing_to_do(self, archive: Archive) -> None:
        rotating.rotate(archive, ["content"])
        assert renewing.finish(archive).headers == (4, 0)
        made = headers(archive)
        assert renewing.finish(archive).headers == (0, 0)
        assert headers(archive) == made

    @pytest.mark.parametrize("batches", [0, 1, 3])
    def test_what_was_cut_short_is_gone_on_with(
        self, machine: Machine, archive: Archive, batches: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rewrapping, "BATCH", 1)
        rotating.rotate(archive, ["content"])
        cut = cut_after(batches)
        with pytest.raises(Cut):
            rewrapping.rewrap(archive, lambda _done, _total: next(cut) and None)
        archive.database.close()
        with machine.opened() as again:
            assert list(renewing.unfinished(again)) == [
                "headers of documents may still be wrapped to an older content key"
            ]
            assert opened(again) == sorted([*DOCUMENTS, b"another"])
            assert renewing.finish(again).headers == (4 - batches - 1, 0)
            assert not list(renewing.unfinished(again))
            assert all(header.unwrap(one, again.secrets.content[-1:]) for one in headers(again))

    def test_several_rotations_at_once_end_at_the_newest(self, archive: Archive) -> None:
        rotating.rotate(archive, ["content"])
        rotating.rotate(archive, ["content"])
        assert renewing.finish(archive).headers == (4, 0)
        assert all(header.unwrap(one, archive.secrets.content[2:]) for one in headers(archive))

    def test_one_that_was_destroyed_meanwhile_does_not_come_back(self, archive: Archive) -> None:
        rotating.rotate(archive, ["content"])
        table = HeaderTable(archive.database)
        olds = table.older(2, 0, 10)
        archive.database.execute("UPDATE document SET header=NULL WHERE rowid=?", (olds[0].row,))
        table.put(2, olds, [b"new"] * len(olds))
        assert sorted(headers(archive)) == [b"new"] * 3

    def test_of_two_that_wrap_at_once_the_older_generation_gives_way(self, machine: Machine, archive: Archive) -> None:
        """[What it puts behind the back of the newer one would be noted as done.]"""
        rotating.rotate(archive, ["content"])
        with machine.opened() as newer:
            rotating.rotate(newer, ["content"])
            with pytest.raises(Unavailable, match="the keys of this vault were changed meanwhile"):
                rewrapping.rewrap(archive)
            assert not rewrapping.is_done(archive)
            assert rewrapping.rewrap(newer) == (4, 0)
            newest = newer.secrets.content[2:]
            assert all(header.unwrap(one, newest) for one in headers(newer))

    def test_only_those_that_were_replaced_are_counted(self, archive: Archive) -> None:
        rotating.rotate(archive, ["content"])
        table = HeaderTable(archive.database)
        olds = table.older(2, 0, 10)
        archive.database.execute("UPDATE document SET header=NULL WHERE rowid=?", (olds[0].row,))
        assert table.put(2, olds, [b"new"] * len(olds)) == 3

    def test_one_that_no_key_opens_is_left_and_counted(self, archive: Archive) -> None:
        first = next(archive.documents.all())
        assert first.header
        damaged = first.header[:-3] + (b"B" if first.header[-3:-2] == b"A" else b"A") + first.header[-2:]
        archive.database.execute("UPDATE document SET header=? WHERE payload_sha256=?", (damaged, first.payload_sha256))
        rotating.rotate(archive, ["content"])
        assert rewrapping.rewrap(archive) == (3, 1)
        assert damaged in headers(archive)
        assert not check(archive, documents=True).passes()

    def test_content_is_never_stored_once_across_generations(self, archive: Archive) -> None:
        """[Who left may have the file key of the older payload.]"""
        rotating.rotate(archive, ["content"])
        renewing.finish(archive)
        (again,) = disclose(archive, DOCUMENTS[0])
        assert (again.generation, again.sha256) == (2, sha256(DOCUMENTS[0]).digest())
        assert len([one for one in archive.documents.all() if one.sha256 == again.sha256]) == 2
        (third,) = disclose(archive, DOCUMENTS[0])
        assert third == again


def test_many_are_wrapped_by_two_processes(archive: Archive) -> None:
    with archive.storing() as storing:
        made = [storing.add(BytesIO(b"document %d" % number)) for number in range(600)]
        storing.commit()
        archive.documents.put(made)
        storing.keep()
    rotating.rotate(archive, ["content"])
    told: list[tuple[int, int]] = []
    assert rewrapping.rewrap(archive, lambda done, total: told.append((done, total))) == (604, 0)
    assert told == [(256, 604), (512, 604), (604, 604)]
    assert all(header.unwrap(one, archive.secrets.content[-1:]) for one in headers(archive))
