"""Hashing payloads that lie end to end, as their segment goes by. [A disk rots, and the rot is backed up.]"""

from collections.abc import Sequence
from hashlib import sha256

from vault.documents.table import Document
from vault.errors import Damaged


class Payloads:
    """The payloads of one segment, in order: each has to have the SHA-256 that its record says.

    With `gaps` bytes between and behind them are gone over, and so are erased ones: after an erasure not all of what
    lies in a segment is known any more, and the rest must not be lost with it.
    """

    def __init__(self, documents: Sequence[Document], *, gaps: bool = False) -> None:
        self._gaps = gaps
        listed = [document for document in documents if document.header is not None or not gaps]
        self._left = list(reversed(listed))
        self._at, self._hash = 0, sha256()

    def take(self, data: bytes) -> None:
        """The next bytes of the segment; `Damaged` where a payload ends that is another, or behind the last one."""
        view = memoryview(data)
        while view and self._left:
            document = self._left[-1]
            if self._gaps and self._at < document.offset:
                view = self._over(view, document.offset - self._at)
                continue
            rest = document.offset + document.payload_size - self._at
            self._hash.update(view[:rest])
            view = self._over(view, rest)
            self._close(document)
        if view and not self._gaps:
            raise Damaged("a segment holds bytes that belong to no document", "dvault doctor tells which")

    def _over(self, view: memoryview, count: int) -> memoryview:
        self._at += len(view[:count])
        return view[count:]

    def _close(self, document: Document) -> None:
        if self._at == document.offset + document.payload_size:
            if self._hash.digest() != document.payload_sha256:
                raise damaged(document)
            self._left.pop()
            self._hash = sha256()

    def end(self) -> None:
        """All was read; `Damaged` if not."""
        if self._left:
            raise damaged(self._left[-1])


def damaged(document: Document) -> Damaged:
    """What is said of a payload that is another."""
    said = f"segment {document.segment} holds a payload with another SHA-256 than recorded"
    return Damaged(said, "dvault doctor --documents tells which; restore it from a backup, then repeat")
