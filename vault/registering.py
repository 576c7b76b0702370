"""Adding parties, subjects, matters and requests."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from vault import cautions, linking
from vault.archive import Archive
from vault.catalog.queries import Catalog
from vault.names import object_id
from vault.records import matters, parties
from vault.records.draft import Draft


class Added(NamedTuple):
    """A new object: its id, its entry and that one's time, its draft, and what people should know."""

    id: str
    seq: int
    time: datetime
    draft: Draft
    cautions: tuple[str, ...]


def add(archive: Archive, kind: str, stated: Mapping[str, object], matter: str = "") -> Added:
    """Append the record of a new party, subject, matter or request; `matter` is what a request belongs to."""
    if kind == "request":
        draft = matters.draft_request(stated, linking.reference(archive.catalog, "matter", matter))
    else:
        draft = parties.draft(kind, stated)
    (done,) = archive.append([draft])
    said = (*cautions.of_words(kind, draft.lines), *_shared(archive.catalog, draft))
    return Added(object_id(kind, done.number), done.seq, done.time, draft, said)


def _shared(catalog: Catalog, draft: Draft) -> Iterator[str]:
    """A term of two objects makes one of them unfindable by it, and both look like one to a stranger."""
    for term in draft.terms if draft.kind != "request" else ():
        found = catalog.with_term(draft.kind, term)
        if len(found) > 1:
            ids = " and ".join(one.id for one in found)
            yield f"{ids} share {term}: if they are one {draft.kind}, void one (dvault correct ID --void)."
