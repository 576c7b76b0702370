"""Protector lines: what locks a file of secrets, whatever is in it. docs/format/identity.md, The file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from keys.errors import CannotUnlock, WrongPassphrase
from keys.protectors.interface import Arguments, Protector
from vault.evidence.strict import refuse

MAX_LOCKS = 16

_LOCK = re.compile(r"[a-z][a-z0-9-]{0,31}(?: [!-~]{1,8192}){0,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lock:
    """One protector line. `repr` leaves out what an attacker would guess passphrases against."""

    protector: str
    arguments: Arguments = field(repr=False)

    def __str__(self) -> str:
        return " ".join(["protector", self.protector, *self.arguments])

    @classmethod
    def parse(cls, line: str, where: str) -> "Lock":
        """Read a protector line."""
        value = valued("protector", line, where)
        if not _LOCK.fullmatch(value):
            refuse(where, "protector <name> <argument>…", value)
        name, *arguments = value.split(" ")
        return cls(name, tuple(arguments))


def open_first(locks: Sequence[Lock], protectors: Sequence[Protector], where: str) -> bytes:
    """The file key, from the first of `protectors` that opens one of `locks`.

    Raises WrongPassphrase or another CannotUnlock where none does.
    """
    held = sorted({lock.protector for lock in locks})
    failed = CannotUnlock(f"{where} is locked by: {', '.join(held)}; none of these is at hand")
    for protector in protectors:
        own = [lock.arguments for lock in locks if lock.protector == protector.name]
        if not own:
            continue
        try:
            return protector.unlock(own, where)
        except CannotUnlock as exc:
            if not isinstance(failed, WrongPassphrase):  # which can be asked for again
                failed = exc
    raise failed


def with_checksum(text: str) -> bytes:
    """The bytes of a file: its text, and a last line with their SHA-256."""
    data = text.encode() + b"\n"
    return data + f"sha256 {sha256(data).hexdigest()}\n".encode()


def valued(word: str, line: str, where: str) -> str:
    """What stands after `word` in a line."""
    found, _, value = line.partition(" ")
    if found != word:
        refuse(where, f"a line {word}", found)
    return value
