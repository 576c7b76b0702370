"""Linking: whom and what a clerk means by a name, as a record will refer to it."""

from vault.catalog.answers import Registered
from vault.catalog.queries import Catalog
from vault.errors import Misuse
from vault.names import transmittal_item
from vault.records.disclosure import Recipient, Subject
from vault.records.matters import Reference
from vault.records.parties import Snapshot
from vault.records.words import DEGREES


def find(catalog: Catalog, kind: str, said: str) -> Registered:
    """The object that `said` names, to be used in a new record: a void one is `Misuse`."""
    found = catalog.resolve(kind, said)
    if found.void:
        raise Misuse(f"{found.id} {found.name} is void", f"dvault {kind} list shows what stands")
    return found


def recipient(catalog: Catalog, relation: str, said: str) -> Recipient:
    """Who gets it, as known today."""
    found = find(catalog, "party", said)
    return Recipient(relation, Snapshot.of(found.id, found.values))


def subject(catalog: Catalog, said: str) -> Subject:
    """Who is exposed, as known today: `NAME` or `NAME:DEGREE`."""
    name, colon, degree = said.rpartition(":")
    if not colon or degree.strip().lower() not in DEGREES:
        name, degree = said, ""
    found = find(catalog, "subject", name)
    return Subject(Snapshot.of(found.id, found.values), degree.strip().lower())


def reference(catalog: Catalog, kind: str, said: str) -> Reference | None:
    """The matter or request, as known today; None if nothing is said."""
    if not said:
        return None
    found = find(catalog, kind, said)
    return Reference.of(kind, found.id, found.values)


def content(catalog: Catalog, said: str) -> str:
    """The SHA-256, in hex, of the document that `T-000017/2` names; what is no such name is handed back as it is."""
    try:
        number, place = transmittal_item(said)
    except Misuse:
        return said
    found = catalog.transmittal(number)
    documents = [item for item in catalog.items(number) if item.sha256 and place in (None, item.place)]
    if len(documents) != 1:
        raise Misuse(f"{said} names {len(documents)} documents", f"dvault show {found.id} numbers them")
    return str(documents[0].sha256)
