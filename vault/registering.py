"""Adding parties, subjects, matters and requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from vault.archive import Archive
from vault.catalog.projection import object_id
from vault.records import matters, parties
from vault.records.draft import Draft
from vault.records.matters import Matter


@dataclass(frozen=True, slots=True)
class Added:
    """A new object: its id, its entry, and what people should know."""

    id: str
    seq: int
    warnings: tuple[str, ...]


def add(archive: Archive, kind: str, stated: Mapping[str, object], matter: str | None = None) -> Added:
    """Append the record of a new party, subject, matter or request."""
    draft = _draft(archive, kind, stated, matter)
    (done,) = archive.append([draft])
    return Added(object_id(kind, done.number), done.seq, tuple(_warnings(archive, draft)))


def _draft(archive: Archive, kind: str, stated: Mapping[str, object], matter: str | None) -> Draft:
    if kind in ("party", "subject"):
        return parties.draft(kind, stated)
    if kind == "matter":
        return matters.draft(stated)
    found = archive.catalog.resolve("matter", matter) if matter else None
    return matters.draft_request(stated, Matter.of(found.id, found.values) if found else None)


def _warnings(archive: Archive, draft: Draft) -> list[str]:
    warnings = []
    if draft.not_stated:
        warnings.append(f"Not stated: {', '.join(draft.not_stated)}.")
    shared = [(term, archive.catalog.with_term(term)) for term in draft.terms if draft.kind in ("party", "subject")]
    return warnings + [
        f"{' and '.join(ids)} share {term}: one of them may be an alias of the other."
        for term, ids in shared
        if ids[1:]
    ]
