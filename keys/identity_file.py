"""The file an identity lives in: a public line, one line per protector, the secret body, a checksum.

docs/format/identity.md. A file is `LockedIdentity` until a protector opens it, then `OpenIdentity`, which can save it
again without asking anybody.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from keys import durable, secretbox
from keys.identity import Identity, PublicIdentity, body_text, parse_body
from keys.locks import MAX_LOCKS, Lock, open_first, valued, with_checksum
from keys.protectors.interface import FILE_KEY_SIZE, Protector
from vault.evidence.strict import base64_bytes, base64_text, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/identity/v1"
MAX_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class LockedIdentity:
    """A file as it was read. `unverified_public` is what whoever wrote the file last says; opening it checks that."""

    path: Path
    unverified_public: PublicIdentity
    locks: tuple[Lock, ...]
    body: bytes = field(repr=False)

    def unlock(self, protectors: Sequence[Protector]) -> "OpenIdentity":
        """The identity, opened by the first of `protectors` that can.

        Raises WrongPassphrase or another CannotUnlock where none does, Malformed where the file is damaged.
        """
        where = str(self.path)
        file_key = open_first(self.locks, protectors, where)
        body = secretbox.unseal(self.body, file_key)
        if body is None:
            refuse(where, "a body that opens with the key its protectors hold")
        identity = parse_body(strict_text(body, where, limit=MAX_FILE), where)
        if identity.public != self.unverified_public:
            refuse(where, "the public string of the secret keys inside", str(self.unverified_public))
        return OpenIdentity(self.path, identity, self.locks, file_key)


@dataclass(frozen=True, slots=True, eq=False)
class OpenIdentity:
    """An opened file: the identity in it, and the key to write it again."""

    path: Path
    identity: Identity
    locks: tuple[Lock, ...]
    _file_key: bytes = field(repr=False)

    def save(self, identity: Identity, random: Callable[[int], bytes] = os.urandom) -> "OpenIdentity":
        """Replace the file's body, durably; its protectors stay. The last to save wins."""
        saved = replace(self, identity=identity)
        # Followed if it is a symbolic link: people keep such files elsewhere, and would keep a stale one there.
        durable.replace(self.path.resolve(), _render(saved, random))
        return saved


def create(
    path: Path, identity: Identity, protectors: Sequence[Protector], random: Callable[[int], bytes] = os.urandom
) -> OpenIdentity:
    """Write a new identity file (mode 0600, missing folders 0700), durably; never over another.

    Raises FileExistsError, before any protector is asked, and also if somebody else creates the file meanwhile.
    """
    if not 1 <= len(protectors) <= MAX_LOCKS:
        raise ValueError(f"an identity file has 1 to {MAX_LOCKS} protectors")
    if os.path.lexists(path):
        raise FileExistsError(f"{path} exists; an identity is never overwritten")
    file_key = random(FILE_KEY_SIZE)
    locks = tuple(Lock(protector.name, protector.lock(file_key)) for protector in protectors)
    created = OpenIdentity(path, identity, locks, file_key)
    durable.make_folders(path.parent)
    durable.write_new(path, _render(created, random))
    return created


def load(path: Path) -> LockedIdentity:
    """Read an identity file. Raises OSError (FileNotFoundError where there is none), Malformed naming the file."""
    with durable.named(path):
        return parse(durable.read(path, MAX_FILE + 1), path)


def parse(data: bytes, path: Path) -> LockedIdentity:
    """Read the bytes of an identity file; `path` names it in errors and is where it will be saved."""
    where = str(path)
    lines = strict_text(data, where, limit=MAX_FILE).split("\n")
    if lines[0] != FORMAT:
        refuse(where, FORMAT, lines[0])
    if data != with_checksum("\n".join(lines[:-2])):
        refuse(where, "its own SHA-256 in the last line; the file is damaged or cut")
    if not 6 <= len(lines) <= 5 + MAX_LOCKS:
        refuse(where, f"a public line, 1 to {MAX_LOCKS} protectors and a body", f"{len(lines) - 1} lines")
    public, body = valued("public", lines[1], where), valued("body", lines[-3], where)
    locks = tuple(Lock.parse(line, where) for line in lines[2:-3])
    return LockedIdentity(path, PublicIdentity.parse(public, where), locks, base64_bytes(body, where))


def _render(opened: OpenIdentity, random: Callable[[int], bytes]) -> bytes:
    body = secretbox.seal(body_text(opened.identity).encode(), opened._file_key, random)
    lines = [FORMAT, f"public {opened.identity.public}", *map(str, opened.locks), f"body {base64_text(body)}"]
    return with_checksum("\n".join(lines))
