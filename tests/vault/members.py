"""Admitting and removing members, as the commands of a later step will: keyring file first, then the key entry."""

from keys import age, keyring, vault_keys
from keys.durable import replace as replace_file
from keys.identity_file import OpenIdentity
from keys.keyring import Keyring
from keys.vault_keys import Holder
from vault.archive import Archive
from vault.evidence.public import MemberLine
from vault.sealing import blob
from vault.unlocked import read_keyring, unlock


def seal(recipient: str, plaintext: bytes) -> bytes:
    return blob.seal(plaintext, [age.parse_recipient(recipient)])


def admit(archive: Archive, custodian: OpenIdentity, who: OpenIdentity, role: str) -> str:
    """Let `who` join in one role; returns the new member's name. The archive is open as `custodian`."""
    origin, roles = archive.config.origin, frozenset((role,))
    name = f"m{archive.history.joined + 1}"
    recipient = who.identity.public.recipient(hybrid=True)
    ring = read_keyring(archive.folder, origin)
    keys = unlock(ring, custodian.identity)[1]
    ring_line = _write(archive, vault_keys.admit(ring.unverified, Holder(name, roles, recipient), keys, seal))
    key = who.identity.signer(f"{origin}/{name}").key
    archive.append_public("key", [MemberLine(name, roles, key, recipient).line, ring_line])
    return name


def remove(archive: Archive, name: str) -> None:
    """Let a member go; nothing is rotated here."""
    ring = read_keyring(archive.folder, archive.config.origin).unverified
    archive.append_public("key", [f"remove {name}", _write(archive, ring.without_member(name))])


def _write(archive: Archive, ring: Keyring) -> str:
    data = keyring.sign(ring, archive.secrets.signer)
    replace_file(archive.folder.keyring, data)
    return f"keyring {keyring.parse(data).sha256}"
