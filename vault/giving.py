"""Giving a document back: found by transmittal and item, written whole and authentic or not at all."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.documents.table import Document
from vault.errors import Misuse, Refused, Unavailable
from vault.evidence.record import Value


def find(archive: Archive, number: int, place: int | None) -> tuple[Mapping[str, Value], Document]:
    """The item (its values) and its stored document; `place` may be left out of a transmittal with one item."""
    found = archive.catalog.transmittal(number)
    items = items_of(archive.read(found.seq).values())
    if place is None and len(items) > 1:
        raise Misuse(f"{found.id} has {len(items)} items", f"say which one, like {found.id}/1")
    if not 1 <= (place or 1) <= len(items):
        raise Misuse(f"{found.id} has items 1 to {len(items)}, not {place}")
    item = items[(place or 1) - 1]
    return item, archive.find_document(item)


def write(archive: Archive, document: Document, path: Path, *, sealed: bool = False) -> Path:
    """Write the document to `path`, which must not exist; returns it.

    Into a temporary file beside it first (mode 0600), flushed, then linked under the name: what failed halfway was
    never there, and what somebody else wrote meanwhile is not overwritten.
    """
    part = path.with_name(f".dvault-{secrets.token_hex(8)}.part")
    if os.path.lexists(path):
        raise Refused(f"{path} exists", "name another file with -o")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb", buffering=0) as sink:
            (archive.get_sealed if sealed else archive.get)(document, sink)
            os.fsync(sink.fileno())
        os.link(part, path)
    except FileExistsError as exc:
        raise Refused(f"{path} exists", "name another file with -o") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it, then repeat") from exc
    finally:
        part.unlink(missing_ok=True)
    return path
