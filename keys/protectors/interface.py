"""What every protector does: lock the key of an identity file, and unlock it again."""

from collections.abc import Sequence
from typing import Protocol

FILE_KEY_SIZE = 32

Arguments = tuple[str, ...]
"""What one protector line holds after the name: fields of printable ASCII, none of them secret."""


class Protector(Protocol):
    """One way to lock a file key. It talks to people, tokens and services only when `lock` or `unlock` is called."""

    @property
    def name(self) -> str:
        """The word in the protector line, `[a-z][a-z0-9-]{0,31}`."""

    def lock(self, file_key: bytes) -> Arguments:
        """A new line's arguments that lock `file_key` (32 bytes). Raises CannotUnlock where it would not open again."""

    def unlock(self, locks: Sequence[Arguments], where: str) -> bytes:
        """The 32-byte file key from one of the lines of this protector's name, at least one, in the file's order.

        Raises CannotUnlock where none opens, Malformed where one is not of this protector's form; `where` names the
        file in both. What it returns opens the file or the file is damaged.
        """
