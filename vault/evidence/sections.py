"""Files of several texts: a first line that says what it is, then each part behind a line `<name> <number of lines>`.

So a part can be cut out by counting lines, and nothing in it can be taken for the beginning of another.
"""

from collections.abc import Iterable, Iterator

from vault.evidence.strict import Malformed, decimal, refuse
from vault.evidence.strict import text as strict_text

MAX_LINES = 1 << 20

Part = tuple[str, str]
"""(name, text), the text of whole lines, each ending in LF."""


class Cut(Malformed):
    """A file that ends too early, as one does that was cut off on its way."""


def render(first: str, parts: Iterable[Part]) -> bytes:
    """The bytes that `parse` reads."""
    return "".join([f"{first}\n", *(f"{name} {text.count(chr(10))}\n{text}" for name, text in parts)]).encode()


def parse(data: bytes, first: str, where: str, *, limit: int) -> list[Part]:
    """The parts of a file that begins with the line `first`, at most `limit` bytes of UTF-8. Raises `Malformed`."""
    lines = strict_text(data, where, limit=limit).split("\n")
    if lines.pop():
        raise Cut(where, "a whole file", f"an end in the middle of line {len(lines) + 1}")
    if not lines or lines[0] != first:
        refuse(where, f"the first line {first}", lines[0] if lines else "none")
    return list(_parts(lines, where))


def _parts(lines: list[str], where: str) -> Iterator[Part]:
    at = 1
    while at < len(lines):
        name, _, count = lines[at].partition(" ")
        stop = at + 1 + decimal(count, f"{where}, line {at + 1}", limit=MAX_LINES)
        if stop > len(lines):
            raise Cut(where, f"{count} lines of {name}", len(lines) - at - 1)
        yield name, "".join(f"{line}\n" for line in lines[at + 1 : stop])
        at = stop


class Reader:
    """Takes parts in the order that a format wants them in."""

    def __init__(self, parts: list[Part], where: str) -> None:
        self._parts = parts
        self._where = where

    def has(self, name: str) -> bool:
        """Whether the next part is of that name."""
        return bool(self._parts) and self._parts[0][0] == name

    def take(self, name: str) -> str:
        """The next part, which has to be of that name."""
        if not self._parts:
            raise Cut(self._where, f"a part `{name}`", "the end")
        if not self.has(name):
            refuse(self._where, f"a part `{name}`", self._parts[0][0])
        return self._parts.pop(0)[1]

    def finish(self) -> None:
        """Refuse anything more."""
        if self._parts:
            refuse(self._where, "no more parts", self._parts[0][0])
