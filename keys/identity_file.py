"""The file an identity lives in: `LockedIdentity` until a protector opens it, then `OpenIdentity`.

docs/format/identity.md. An open one can save the file again without asking anybody.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from pathlib import Path

from keys import durable, locks, secretbox
from keys.errors import CannotUnlock
from keys.identity import Identity, PublicIdentity, body_text, parse_body
from keys.locks import MAX_FILE, MAX_LOCKS, Frame, Lock
from keys.protectors.interface import FILE_KEY_SIZE, Protector
from vault.evidence.defined import frozen
from vault.evidence.strict import refuse
from vault.evidence.strict import text as strict_text


@frozen()
class LockedIdentity:
    """A file as it was read. `unverified_public` is what whoever wrote the file last says; opening it checks that."""

    frame: Frame
    unverified_public: PublicIdentity

    def unlock(self, protectors: Sequence[Protector]) -> "OpenIdentity":
        """The identity, opened by the first of `protectors` that can.

        Raises WrongPassphrase or another CannotUnlock where none does, Malformed where the file is damaged.
        """
        return self.opened_with(self.frame.file_key(protectors))

    def opened_with(self, file_key: bytes) -> "OpenIdentity":
        """The identity, opened by what `Frame.file_key` gave. Raises Malformed where the file is damaged."""
        where = str(self.frame.path)
        body = secretbox.unseal(self.frame.body, file_key)
        if body is None:
            refuse(where, "a body that opens with the key its protectors hold")
        identity = parse_body(strict_text(body, where, limit=MAX_FILE), where)
        if identity.public != self.unverified_public:
            refuse(where, "the public string of the secret keys inside", str(self.unverified_public))
        return OpenIdentity(self.frame.path, identity, self.frame.locks, file_key)


@frozen(eq=False)
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

    def with_lock(self, protector: Protector, random: Callable[[int], bytes] = os.urandom) -> "OpenIdentity":
        """Lock the file by one protector more, durably; each of them alone opens it."""
        if len(self.locks) == MAX_LOCKS:
            raise CannotUnlock(f"{self.path} has {MAX_LOCKS} protectors", "remove one first")
        made = replace(self, locks=(*self.locks, Lock(protector.name, protector.lock(self._file_key))))
        return made.save(self.identity, random)

    def relocked(self, protectors: Sequence[Protector], random: Callable[[int], bytes] = os.urandom) -> "OpenIdentity":
        """Lock the file by these protectors and no others, durably, with a new file key; the secrets in it stay.

        [With the old file key, what opens an old copy would open all that is written later.]
        """
        if not 1 <= len(protectors) <= MAX_LOCKS:
            raise ValueError(f"an identity file has 1 to {MAX_LOCKS} protectors")
        file_key = random(FILE_KEY_SIZE)
        locks = tuple(Lock(protector.name, protector.lock(file_key)) for protector in protectors)
        return replace(self, locks=locks, _file_key=file_key).save(self.identity, random)


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
    made = tuple(Lock(protector.name, protector.lock(file_key)) for protector in protectors)
    created = OpenIdentity(path, identity, made, file_key)
    durable.make_folders(path.parent)
    durable.write_new(path, _render(created, random))
    return created


def load(path: Path) -> LockedIdentity:
    """Read an identity file. Raises OSError (FileNotFoundError where there is none), Malformed naming the file."""
    return of_frame(locks.load(path))


def parse(data: bytes, path: Path) -> LockedIdentity:
    """Read the bytes of an identity file; `path` names it in errors and is where it will be saved."""
    return of_frame(locks.parse(data, path))


def of_frame(frame: Frame) -> LockedIdentity:
    """Read the public string of a frame, too."""
    return LockedIdentity(frame, PublicIdentity.parse(frame.unverified_public, str(frame.path)))


def _render(opened: OpenIdentity, random: Callable[[int], bytes]) -> bytes:
    body = secretbox.seal(body_text(opened.identity).encode(), opened._file_key, random)
    return bytes(Frame(opened.path, str(opened.identity.public), opened.locks, body))
