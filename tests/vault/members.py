"""Admitting and removing members, as `dvault keys member` does."""

from keys.identity_file import OpenIdentity
from vault import keyring_file, membership
from vault.archive import Archive
from vault.unlocked import read_keyring


def admit(archive: Archive, who: OpenIdentity, role: str) -> str:
    """Let `who` join in one role; returns the new member's name. The archive is open as a custodian."""
    return membership.admit(archive, who.identity.public, frozenset((role,)))


def remove(archive: Archive, name: str) -> None:
    """Let a member go; nothing is rotated here."""
    ring = read_keyring(archive.folder, archive.config.origin).unverified
    keyring_file.change(archive, ring.without_member(name), [f"remove {name}"])
