"""What was backed up comes back byte by byte, verified; what is lost, older, forked or not ours is named."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.backup.desks import WISH, Backed, contents, elsewhere, rows, verified
from tests.vault.machine import disclose, spoken
from vault.backup import layout, restoring, status
from vault.backup.inventory import Inventory
from vault.backup.memory import MemoryBucket
from vault.backup.restoring import Wish
from vault.errors import Damaged, NotFound, Refused, Unavailable
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State, Verdict
from vault.folder import Folder
from vault.pins import Pins


def test_a_vault_comes_back_byte_by_byte_and_verifies(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    restored = bucketed.restored(tmp_path / "clean")
    assert (restored.tail, restored.lost, restored.odd) == ([], [], [])
    assert restored.is_whole
    with elsewhere(bucketed.machine, tmp_path / "clean").opened() as archive:
        assert rows(archive) == rows(bucketed.archive)
        assert contents(archive) == contents(bucketed.archive)
        assert list(archive.ledger.leaves()) == list(bucketed.archive.ledger.leaves())
        report = verified(archive)
        assert report.passes()
        assert {report.state(v) for v in (Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN)} == {State.PROVEN}
        assert archive.config == bucketed.archive.config.__class__(
            bucketed.archive.config.origin, archive.config.check, defaults=bucketed.archive.config.defaults
        )


def test_defaults_of_the_vault_come_back_sealed(bucketed: Backed, tmp_path: Path) -> None:
    config = bucketed.archive.folder.config
    config.write_text(config.read_text().replace("[defaults]", '[defaults]\ndiscloser = "Secret GmbH"'))
    bucketed.run()
    bucketed.restored(tmp_path / "clean")
    assert "Secret GmbH" in (tmp_path / "clean" / "vault" / "vault.toml").read_text()
    store = bucketed.store
    assert isinstance(store, MemoryBucket)
    for versions in store.held.values():
        assert not any(b"Secret" in (one.data or b"") for one in versions)


def test_nothing_of_what_was_disclosed_shows_in_the_bucket(bucketed: Backed) -> None:
    bucketed.run()
    store = bucketed.store
    assert isinstance(store, MemoryBucket)
    there = b"".join(one.data or b"" for versions in store.held.values() for one in versions)
    for document in bucketed.archive.documents.all():
        assert document.sha256 not in there
        assert document.sha256.hex().encode() not in there
    for secret in (b"Ganzhou", b"licence", b"file-1.bin", b"end-user certificate", b"529900T8BM49AURSDO55"):
        assert secret not in there


def test_a_restored_vault_is_gone_on_with_and_backed_up(bucketed: Backed, tmp_path: Path) -> None:
    from tests.backup.desks import backed

    bucketed.run()
    bucketed.restored(tmp_path / "clean")
    with backed(elsewhere(bucketed.machine, tmp_path / "clean"), bucketed.store) as again:
        disclose(again.archive, b"on the new machine")
        assert again.run().odd == ()
    assert bucketed.restored(tmp_path / "third").is_whole


def test_nothing_there_is_no_backup(bucketed: Backed, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        bucketed.restored(tmp_path / "clean")
    assert not (tmp_path / "clean" / "vault").exists()


def test_a_strangers_identity_opens_nothing(bucketed: Backed, tmp_path: Path, identity: OpenIdentity) -> None:
    from keys import identity_file
    from keys.identity import Identity
    from keys.protectors.passphrase import Passphrase

    bucketed.run()
    path = tmp_path / "stranger"
    stranger = identity_file.create(path, Identity.generate(), [Passphrase(lambda: "battery staple")])
    with pytest.raises(Refused, match="opens no keys"):
        restoring.restore(bucketed.store, Folder(tmp_path / "vault"), stranger, Pins(tmp_path / "pins"), WISH)


def test_a_folder_in_use_is_left_alone(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    place = tmp_path / "clean" / "vault"
    place.mkdir(parents=True)
    (place / "letter.txt").write_text("mine")
    with pytest.raises(Refused):
        bucketed.restored(tmp_path / "clean")
    assert [path.name for path in place.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("left", [["lock"], ["lock", "segments/"], [".dvault-0123456789abcdef.tmp"]])
def test_a_restore_that_ended_while_it_made_the_folder_is_gone_on_with(
    bucketed: Backed, tmp_path: Path, left: list[str]
) -> None:
    bucketed.run()
    place = tmp_path / "clean" / "vault"
    place.mkdir(parents=True)
    for name in left:
        (place / name).mkdir() if name.endswith("/") else (place / name).touch()
    assert bucketed.restored(tmp_path / "clean").is_whole


def test_a_segment_that_was_half_fetched_is_fetched_again(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    place = Folder(tmp_path / "clean" / "vault")
    place.path.parent.mkdir()
    restoring.begin(place)
    for name in bucketed.archive.segments.names():
        (place.segments / f"{name}.part").write_bytes(b"half")
    assert bucketed.restored(tmp_path / "clean").is_whole
    assert all(len(path.name) == 32 for path in place.segments.iterdir())


class Dying(MemoryBucket):
    """Fails for good after so many reads."""

    left = 1 << 30

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        Dying.left -= 1
        if Dying.left < 0:
            raise Unavailable("gone")
        return super().read(key, version, start=start, size=size)


def test_a_restore_that_broke_off_is_gone_on_with(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    assert isinstance(bucketed.store, MemoryBucket)
    dying = Dying(held=bucketed.store.held, clock=bucketed.store.clock)
    for reads in (0, 1, 3, 6, 9, 1 << 30):
        Dying.left = reads
        try:
            restored = bucketed.restored(tmp_path / "clean", store=dying)
        except Unavailable:
            continue
        assert restored.is_whole
        break
    else:
        pytest.fail("it never ended")
    assert not (tmp_path / "clean" / "vault" / restoring.MARK).exists()
    assert {p.name for p in (tmp_path / "clean" / "vault").iterdir()} == {
        "keyring", "ledger.db", "lock", "segments", "vault.toml",
    }  # fmt: skip


def test_a_newer_checkpoint_from_elsewhere_shows_a_lost_tail(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    bucketed.archive.append([spoken()])
    note = bucketed.archive.ledger.checkpoint()
    assert note
    restored = bucketed.restored(tmp_path / "clean", Wish(expect=(("kept", note),)))
    assert not restored.is_whole
    assert restored.tail == ["kept is over 9 entries, the backup has 8"]
    assert not (tmp_path / "clean" / "pins").exists()


def test_what_this_machine_has_seen_shows_a_lost_tail(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    bucketed.archive.append([spoken()])
    shutil.copytree(bucketed.machine.folder / "pins", tmp_path / "clean" / "pins")
    restored = bucketed.restored(tmp_path / "clean")
    assert restored.tail == ["9 entries were seen on this machine, the backup has 8"]
    with pytest.raises(Refused, match="rolled back"):
        elsewhere(bucketed.machine, tmp_path / "clean").open()


def test_an_older_checkpoint_from_elsewhere_is_compared_and_vouches(bucketed: Backed, tmp_path: Path) -> None:
    note = bucketed.archive.ledger.checkpoint()
    assert note
    bucketed.run()
    assert bucketed.restored(tmp_path / "clean", Wish(expect=(("kept", note),))).is_whole


def test_a_checkpoint_of_another_history_is_a_fork(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    bucketed.restored(tmp_path / "other")
    with elsewhere(bucketed.machine, tmp_path / "other").opened(bucketed.clock) as other:
        other.append([spoken("elsewhere")])
        note = other.ledger.checkpoint()
    bucketed.archive.append([spoken("here")])
    bucketed.run()
    assert note
    with pytest.raises(Damaged, match="fork"):
        bucketed.restored(tmp_path / "clean", Wish(expect=(("kept", note),)))


def test_another_fingerprint_is_refused(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    with pytest.raises(Refused, match="another vault"):
        bucketed.restored(tmp_path / "clean", Wish(fingerprint="0" * 64))


def test_an_older_state_comes_back_as_of_its_checkpoint(bucketed: Backed, tmp_path: Path) -> None:
    note = bucketed.archive.ledger.checkpoint()
    leaves = list(bucketed.archive.ledger.leaves())
    assert note
    for text in ("one", "two"):
        bucketed.archive.append([spoken(text)])
        bucketed.run()
    restored = bucketed.restored(tmp_path / "clean", Wish(at=note))
    assert restored.size == len(leaves)
    assert restored.is_whole
    assert not (tmp_path / "clean" / "pins").exists()


def poisoned(store: MemoryBucket, key: str, how: str) -> None:
    if how == "on top":
        store.put(key, b"poison", None)
    elif how == "as long":
        store.put(key, bytes(len(store.read(key))), None)
    else:
        store.delete(key)


@pytest.mark.parametrize("how", ["on top", "as long", "hidden"])
def test_whatever_a_writer_puts_on_top_of_every_name_the_vault_comes_back(
    bucketed: Backed, tmp_path: Path, how: str
) -> None:
    bucketed.run()
    store = bucketed.store
    assert isinstance(store, MemoryBucket)
    names = {one.key for one in store.versions()}
    for key in names:
        poisoned(store, key, how)
    for size in (9, 10**9, 10**18):
        store.put(layout.checkpoint_at(size), store.read("checkpoint", store.held["checkpoint"][0].id), None)
        store.put(f"tile/entries/000.p/{min(size, 255)}", b"poison", None)
    restored = bucketed.restored(tmp_path / "clean")
    assert restored.is_whole
    assert len(restored.odd) >= len(names) - len(layout.REPLACED)
    with elsewhere(bucketed.machine, tmp_path / "clean").opened() as archive:
        assert rows(archive) == rows(bucketed.archive)


def test_a_replayed_checkpoint_hides_no_tail(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    old = bucketed.store.read("checkpoint")
    bucketed.archive.append([spoken()])
    bucketed.run()
    bucketed.store.put("checkpoint", old, None)
    restored = bucketed.restored(tmp_path / "clean")
    assert restored.size == bucketed.archive.ledger.size()
    assert any("not the newest" in said for said in restored.odd)


@pytest.mark.parametrize("prefix", [layout.SEGMENTS, layout.RECORDS, layout.HEADERS])
def test_what_the_storage_lost_is_named(bucketed: Backed, tmp_path: Path, prefix: str) -> None:
    bucketed.run()
    store = bucketed.store
    assert isinstance(store, MemoryBucket)
    for key in [key for key in store.held if key.startswith(prefix)]:
        del store.held[key]
    restored = bucketed.restored(tmp_path / "clean")
    assert restored.lost
    assert not restored.is_whole
    assert not restored.report.passes()


@pytest.mark.parametrize("key", ["tile/entries/000.p/8", "keyring"])
def test_without_entries_or_keys_there_is_no_vault(bucketed: Backed, tmp_path: Path, key: str) -> None:
    bucketed.run()
    store = bucketed.store
    assert isinstance(store, MemoryBucket)
    store.held = {
        k: v for k, v in store.held.items() if not (k == key or (k.startswith("tile/entries") and "8" in key))
    }
    with pytest.raises((Damaged, NotFound)):
        bucketed.restored(tmp_path / "clean")


@pytest.mark.parametrize("how", ["a document", "a record"])
def test_a_destroyed_key_leaves_nothing_to_open_after_its_window(bucketed: Backed, tmp_path: Path, how: str) -> None:
    """Tried from the whole bucket, old versions too, with every key of the vault."""
    bucketed.run()
    store, archive = bucketed.store, bucketed.archive
    assert isinstance(store, MemoryBucket)
    document = next(archive.documents.all())
    with archive.ledger.appending():  # what `erase` will do
        if how == "a document":
            archive.database.execute(
                "UPDATE document SET header=NULL WHERE payload_sha256=?", (document.payload_sha256,)
            )
        else:
            archive.database.execute("DELETE FROM record_wrap WHERE seq=3")
    still = list(status.living(archive, Inventory(store)))
    assert still
    assert all(one.until is not None for one in still)
    assert bucketed.restored(tmp_path / "within").lost == []  # until the window has ended
    store.clock = bucketed.clock
    for _ in range(3):
        bucketed.clock.time += timedelta(days=18)
        bucketed.run()
    for one in still:  # the locks have ended: whoever may delete versions there does
        store.delete(one.key, one.version)
    assert list(status.living(archive, Inventory(store))) == []
    restored = bucketed.restored(tmp_path / "after")
    assert restored.lost == (
        [] if how == "a document" else ["the record of entry 3 (its key is gone) is not in the backup"]
    )
    with elsewhere(bucketed.machine, tmp_path / "after").opened() as again:
        mine, theirs = rows(again), rows(archive)
        assert all(mine[name] == theirs[name] for name in ("entry", "node", "record", "record_wrap", "document"))
        assert [row[0] for row in mine["transmittal"]] == ([1, 2, 3, 4] if how == "a document" else [1, 3, 4])
        assert contents(again) == contents(archive)
    assert layout.segment(document.segment) in {version.key for version in store.versions()}
    with pytest.raises(Refused):  # the payload stays, locked
        store.delete(layout.segment(document.segment), store.facts(layout.segment(document.segment)).id)
    bytes_of_all = b"".join(one.data or b"" for versions in store.held.values() for one in versions)
    if document.header:
        assert (base64_text(document.header).encode() in bytes_of_all) == (how == "a record")
