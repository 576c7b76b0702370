"""Taking a source into storing: a small file read whole, in few steps, anything else as a stream."""

from collections.abc import Callable

from vault.documents.sources import Source, contents, opened
from vault.documents.store import Reader
from vault.documents.storing import Storing
from vault.documents.table import Document
from vault.documents.watching import Watched

Progress = Callable[[int], object]


def take(
    source: Source, storing: Storing, stream: Reader | None = None, progress: Progress = lambda _: None
) -> Document:
    """The document that `source` is, sealed or found stored.

    `stream` is what a source without a path reads; `progress` is told how many bytes more were read.
    """
    content = contents(source)
    if content is None:
        with opened(source, stream) as file:
            return storing.add(Watched(file, progress))
    progress(len(content))
    return storing.add_whole(content)
