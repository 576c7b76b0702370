"""The frame of an identity file, or of a witness's: what can be read of it without any key. docs/format/identity.md.

It knows nothing of what an identity is, and so loads in a moment: stretching a passphrase can begin at once.
"""

import re
from collections.abc import Sequence
from dataclasses import field
from hashlib import sha256
from pathlib import Path

from keys import durable
from keys.errors import CannotUnlock, WrongPassphrase
from keys.protectors.interface import Arguments, Protector
from vault.evidence.defined import frozen
from vault.evidence.strict import base64_bytes, base64_text, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/identity/v1"
MAX_FILE = 1 << 20
MAX_LOCKS = 16

_LOCK = re.compile(r"[a-z][a-z0-9-]{0,31}(?: [!-~]{1,8192}){0,16}", re.ASCII)


@frozen()
class Lock:
    """One protector line. `repr` leaves out what an attacker would guess passphrases against."""

    protector: str
    arguments: Arguments = field(repr=False)

    def __str__(self) -> str:
        return " ".join(["protector", self.protector, *self.arguments])


@frozen()
class Frame:
    """The lines of a file: its public string, unread; the locks of its key; the body sealed with that key."""

    path: Path
    unverified_public: str
    locks: tuple[Lock, ...]
    body: bytes = field(repr=False)
    format: str = FORMAT

    def __bytes__(self) -> bytes:
        """The one spelling of it."""
        lines = [
            self.format,
            f"public {self.unverified_public}",
            *map(str, self.locks),
            f"body {base64_text(self.body)}",
        ]
        return _with_checksum("\n".join(lines))

    def file_key(self, protectors: Sequence[Protector]) -> bytes:
        """The key of the body, by the first of `protectors` that can; whether it opens the body is not known yet.

        Raises WrongPassphrase or another CannotUnlock where none can, Malformed where a line is damaged.
        """
        held = sorted({lock.protector for lock in self.locks})
        failed = CannotUnlock(f"{self.path} is locked by: {', '.join(held)}; none of these is at hand")
        for protector in protectors:
            locks = [lock.arguments for lock in self.locks if lock.protector == protector.name]
            if not locks:
                continue
            try:
                return protector.unlock(locks, str(self.path))
            except CannotUnlock as exc:
                if not isinstance(failed, WrongPassphrase):  # which can be asked for again
                    failed = exc
        raise failed


def load(path: Path, expected: str = FORMAT) -> Frame:
    """Read a file whose first line is `expected`. OSError (FileNotFoundError if there is none), Malformed naming it."""
    with durable.named(path):
        return parse(durable.read(path, MAX_FILE + 1), path, expected)


def parse(data: bytes, path: Path, expected: str = FORMAT) -> Frame:
    """Read the bytes of a file; `path` names it in errors."""
    where = str(path)
    lines = strict_text(data, where, limit=MAX_FILE).split("\n")
    if lines[0] != expected:
        refuse(where, expected, lines[0])
    if data != _with_checksum("\n".join(lines[:-2])):
        refuse(where, "its own SHA-256 in the last line; the file is damaged or cut")
    if not 6 <= len(lines) <= 5 + MAX_LOCKS:
        refuse(where, f"a public line, 1 to {MAX_LOCKS} protectors and a body", f"{len(lines) - 1} lines")
    public, body = _value("public", lines[1], where), _value("body", lines[-3], where)
    locks = tuple(_parse_lock(line, where) for line in lines[2:-3])
    return Frame(path, public, locks, base64_bytes(body, where), expected)


def _with_checksum(text: str) -> bytes:
    data = text.encode() + b"\n"
    return data + f"sha256 {sha256(data).hexdigest()}\n".encode()


def _value(word: str, line: str, where: str) -> str:
    found, _, value = line.partition(" ")
    if found != word:
        refuse(where, f"a line {word}", found)
    return value


def _parse_lock(line: str, where: str) -> Lock:
    value = _value("protector", line, where)
    if not _LOCK.fullmatch(value):
        refuse(where, "protector <name> <argument>…", value)
    name, *arguments = value.split(" ")
    return Lock(name, tuple(arguments))
