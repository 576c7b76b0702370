"""The keyring file: read, and changed in one step with the key entry that names it.

The ledger knows the keyring by its hash, so the two have to change together. The new keyring lies beside the old one,
flushed, before the entry is committed, and takes its place after: whatever interrupts it, one of the two files is the
one that the ledger names, and the next opening finds out which.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import TypeVar

from keys import durable, keyring
from keys.keyring import Keyring, SignedKeyring
from keys.vault_keys import VaultKeys
from vault import folder as folders
from vault.archive import Archive
from vault.errors import Damaged, Unavailable, Unfinished, VaultError
from vault.evidence.strict import Malformed
from vault.folder import Folder
from vault.unlocked import VaultSecrets, check_keyring, read_keyring

_Found = TypeVar("_Found")


def current(archive: Archive) -> Keyring:
    """The keyring that the ledger names, to be changed; read and judged anew. `Damaged` where the file is another.

    [Whoever can write the folder swaps it behind the opening; a custodian's change would sign what is in it.]
    """
    with folders.locked(archive.folder, exclusive=True):
        settle(archive)
        ring = read_keyring(archive.folder, archive.config.origin)
    check_keyring(ring, archive.history)
    return ring.unverified


def change(archive: Archive, ring: Keyring, lines: Sequence[str], held: VaultKeys | None = None) -> int:
    """Make `ring` the keyring, by a key entry of `lines` and its hash; returns the entry's number. Durable.

    `held` is what this member holds of it where that has changed: new generations are in force when it returns.

    Under the exclusive lock: nobody is storing meanwhile. What fails before the commit leaves a `keyring.next` that
    nothing names, which the next change writes over. Raises as `Archive.append_public`, and `Unfinished` where the
    entry is written but the file cannot take its place.
    """
    with folders.locked(archive.folder, exclusive=True):
        settle(archive)  # [what is written over next may be the only keyring that counts]
        data = keyring.sign(ring, archive.secrets.signer)
        try:
            durable.replace(archive.folder.next_keyring, data)
        except OSError as exc:
            raise Unavailable(f"{archive.folder.next_keyring} cannot be written: {exc.strerror}") from exc
        secrets = archive.secrets if held is None else VaultSecrets.of(archive.secrets.signer, ring, held)
        before = archive.keys.last
        try:
            return archive.append_public("key", [*lines, f"keyring {keyring.parse(data).sha256}"], secrets)
        finally:
            if archive.keys.last != before:  # committed, whatever failed behind it, such as the pin
                _follow(archive)


def _follow(archive: Archive) -> None:
    try:
        settle(archive)
    except VaultError as exc:
        hint = "do not repeat it; once the folder can be written, dvault keys rotate --resume goes on"
        raise Unfinished(f"entry {archive.keys.last} was written, but {exc}", hint) from exc


def waiting(place: Folder, origin: str) -> SignedKeyring | None:
    """The keyring of a change that was cut short, if there is one; only the ledger says whether it counts."""
    if not os.path.lexists(place.next_keyring):
        return None
    return read_keyring(place, origin, place.next_keyring)


def settle(archive: Archive) -> None:
    """Put `keyring.next` in its place if it is the keyring that the ledger names by now. Under the exclusive lock.

    `Unavailable` where it cannot be put there, or where keys were changed since the vault was opened: who opened it
    before cannot tell what counts.
    """
    if not is_named(archive):
        return
    place = archive.folder
    try:
        durable.rename(place.next_keyring, place.keyring.name)
    except OSError as exc:
        raise Unavailable(
            f"{place.next_keyring} is the keyring that counts, and cannot take its place: {exc.strerror}",
            "keep it; the next opening tries again, once the folder can be written",
        ) from exc


def unless_changed(archive: Archive, look: Callable[[], _Found], is_wrong: Callable[[_Found], bool]) -> _Found:
    """What `look` finds, or raises; `Unavailable` where that is wrong and the keys were changed since the opening.

    [A custodian rotates keys, and whoever is verifying meanwhile is told that a sound vault is broken.]
    """
    try:
        found = look()
    except (VaultError, Malformed):
        with suppress(Damaged):  # what was raised says more
            _refuse_changed(archive)
        raise
    if is_wrong(found):
        with suppress(Damaged):
            _refuse_changed(archive)
    return found


def _refuse_changed(archive: Archive) -> None:
    """`Unavailable` where the keys are not those of the opening, also where ledger.db is no longer read by them."""
    try:
        archive.refuse_changed_keys()
    except Damaged as exc:
        if _lie_otherwise(archive):
            raise Unavailable("the keys of this vault were changed meanwhile", "repeat it") from exc
        raise


def _lie_otherwise(archive: Archive) -> bool:
    """Whether another keyring or check value lies there than this process knows."""
    with suppress(VaultError, Malformed):  # damaged, which others tell
        ring, config = read_keyring(archive.folder, archive.config.origin), folders.read_config(archive.folder)
        return (ring.sha256, config.check) != (archive.history.keyring.hex(), archive.config.check)
    return False


def is_named(archive: Archive) -> bool:
    """Whether `keyring.next` is there and the one that the ledger names by now. Raises as `settle`."""
    _refuse_changed(archive)
    path = archive.folder.next_keyring
    try:
        data = durable.read(path, keyring.MAX_KEYRING + 1)
    except FileNotFoundError:
        return False
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "look what it is, then repeat") from exc
    return sha256(data).digest() == archive.history.keyring
