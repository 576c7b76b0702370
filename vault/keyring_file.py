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
from keys.vault_keys import VaultKeys
from vault import folder as folders
from vault.archive import Archive
from vault.errors import Unavailable
from vault.folder import Folder
from vault.unlocked import VaultSecrets, check_keyring, read_keyring


def current(archive: Archive) -> Keyring:
    """The keyring that the ledger names, to be changed; read and judged anew. `Damaged` where the file is another.

    [Whoever can write the folder swaps it behind the opening; a custodian's change would sign what is in it.]
    """
    ring = read_keyring(archive.folder, archive.config.origin)
    check_keyring(ring, archive.history)
    return ring.unverified


def change(archive: Archive, ring: Keyring, lines: Sequence[str], held: VaultKeys | None = None) -> int:
    """Make `ring` the keyring, by a key entry of `lines` and its hash; returns the entry's number. Durable.

    `held` is what this member holds of it where that has changed: new generations are in force when it returns.

    Under the exclusive lock: nobody is storing meanwhile. What fails before the commit leaves a `keyring.next` that
    nothing names, which the next change writes over. Raises as `Archive.append_public`.
    """
    with folders.locked(archive.folder, exclusive=True):
        data = keyring.sign(ring, archive.secrets.signer)
        try:
            durable.replace(archive.folder.next_keyring, data)
        except OSError as exc:
            raise Unavailable(f"{archive.folder.next_keyring} cannot be written: {exc.strerror}") from exc
        secrets = archive.secrets if held is None else VaultSecrets.of(archive.secrets.signer, ring, held)
        seq = archive.append_public("key", [*lines, f"keyring {keyring.parse(data).sha256}"], secrets)
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
