"""The keyring file: read, and changed in one step with the key entry that names it.

The ledger knows the keyring by its hash, so the two have to change together. The new keyring lies beside the old one,
flushed, before the entry is committed, and takes its place after: whatever interrupts it, one of the two files is the
one that the ledger names, and the next opening finds out which.
"""

import os
from collections.abc import Sequence
from contextlib import suppress

from keys import durable, keyring
from keys.keyring import Keyring, SignedKeyring
from vault import folder as folders
from vault.archive import Archive
from vault.errors import Unavailable
from vault.folder import Folder
from vault.unlocked import read_keyring


def change(archive: Archive, ring: Keyring, lines: Sequence[str]) -> int:
    """Make `ring` the keyring, by a key entry of `lines` and its hash; returns the entry's number. Durable.

    Under the exclusive lock: nobody is storing meanwhile. What fails before the commit leaves a `keyring.next` that
    nothing names, which the next change writes over. Raises as `Archive.append_public`.
    """
    with folders.locked(archive.folder, exclusive=True):
        data = keyring.sign(ring, archive.secrets.signer)
        try:
            durable.replace(archive.folder.next_keyring, data)
        except OSError as exc:
            raise Unavailable(f"{archive.folder.next_keyring} cannot be written: {exc.strerror}") from exc
        seq = archive.append_public("key", [*lines, f"keyring {keyring.parse(data).sha256}"])
        settle(archive.folder)
    return seq


def waiting(place: Folder, origin: str) -> SignedKeyring | None:
    """The keyring of a change that was cut short, if there is one; only the ledger says whether it counts."""
    if not os.path.lexists(place.next_keyring):
        return None
    return read_keyring(place, origin, place.next_keyring)


def settle(place: Folder) -> None:
    """Put the keyring that the ledger names by now in its place; where that fails, the next opening tries again."""
    with suppress(OSError):  # on a read-only medium, or done by another process just now
        durable.rename(place.next_keyring, place.keyring.name)
