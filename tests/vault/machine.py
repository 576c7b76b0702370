"""A machine with one vault on it: identity, pins and vault folder side by side, to be opened, copied and attacked.

The identity file is copied, never unlocked again: Argon2id costs 0.1 s, an open identity nothing.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from keys.identity_file import OpenIdentity
from keys.provenance import Provenance
from vault import founding, opening
from vault.archive import Archive
from vault.documents.table import Document
from vault.evidence import terms
from vault.evidence.record import Value
from vault.folder import Folder, read_config
from vault.pins import Pins
from vault.records.draft import Draft

ORIGIN = "magnets.example/disclosures"
START = datetime(2026, 11, 22, 17, 39, 28, 123456, UTC)
LEI = terms.register_id("party", "lei", "529900T8BM49AURSDO55")

DOCUMENTS = (b"end-user certificate 4711\n" * 9, bytes(range(256)) * 300, b"")


@dataclass
class Clock:
    """One minute later at every look."""

    time: datetime = START

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


@dataclass(frozen=True)
class Machine:
    """The vault of `identity`, who is its custodian, in `folder`."""

    folder: Path
    identity: OpenIdentity
    pinned_in: str = "pins"

    @property
    def place(self) -> Folder:
        return Folder(self.folder / "vault")

    @property
    def pins(self) -> Pins:
        return Pins(self.folder / self.pinned_in)

    def of(self, member: OpenIdentity) -> "Machine":
        """The same vault, for another member with an identity file and pins of his own."""
        mine = replace(member, path=self.folder / "second" / "identity")
        mine.path.parent.mkdir(exist_ok=True)
        return replace(self, identity=mine, pinned_in="second/pins")

    def open(self, clock: Clock | None = None) -> Archive:
        last = START + timedelta(days=1)
        return opening.open_archive(self.place, read_config(self.place), self.identity, self.pins, clock or Clock(last))

    @contextmanager
    def opened(self, clock: Clock | None = None) -> Iterator[Archive]:
        archive = self.open(clock)
        try:
            yield archive
        finally:
            archive.database.close()

    def copied(self, folder: Path) -> "Machine":
        """All of it, copied to another folder."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder, identity=replace(self.identity, path=folder / "identity"))

    def copied_identity(self, folder: Path) -> OpenIdentity:
        """The identity file alone, copied to another folder."""
        if not (folder / "identity").exists():
            shutil.copy(self.identity.path, folder / "identity")
        return replace(self.identity, path=folder / "identity")

    def elsewhere(self, folder: Path) -> "Machine":
        """The vault and the identity copied to a machine that has not seen them: without the pins."""
        other = self.copied(folder)
        shutil.rmtree(folder / "pins")
        return other


def found(folder: Path, identity: OpenIdentity, *, classic: bool = False, origin: str = ORIGIN) -> Machine:
    """A new vault; the identity in `folder` knows it."""
    folder.mkdir(parents=True)
    mine = replace(identity, path=folder / "identity")
    clock, pins = Clock(), Pins(folder / "pins")
    archive = founding.create(folder / "vault", founding.Charter(origin, classic), mine, pins, clock=clock)
    archive.database.close()
    return Machine(
        folder, replace(mine, identity=mine.identity.with_vault(origin, archive.fingerprint, Provenance.FOUNDED))
    )


def party(name: str = "Ganzhou Magnet") -> Draft:
    """A party by its name."""
    return Draft("party", (("name", name), ("country", "CN")), (LEI, terms.legal_name("party", "CN", name)))


def spoken(purpose: str = "licence") -> Draft:
    """A disclosure without a document."""
    return Draft("disclosure", (("purpose", purpose), ("item.1.narrative", "a call")), (LEI,))


def written(documents: Sequence[Document], purpose: str = "licence") -> Draft:
    """A disclosure of stored documents."""
    lines: list[tuple[str, Value]] = [("purpose", purpose)]
    for number, document in enumerate(documents, 1):
        item: dict[str, Value] = {
            "name": f"file-{number}.bin",
            "size": document.size,
            "sha256": document.sha256.hex(),
            "payload-size": document.payload_size,
            "payload-sha256": document.payload_sha256.hex(),
        }
        lines += [(f"item.{number}.{name}", value) for name, value in item.items()]
    filed = dict.fromkeys(terms.document(document.sha256) for document in documents)
    return Draft("disclosure", tuple(lines), (LEI, *filed))


def disclose(archive: Archive, *contents: bytes, purpose: str = "licence") -> list[Document]:
    """Store documents and append the disclosure of them."""
    with archive.storing() as storing:
        documents = [storing.add(BytesIO(content)) for content in contents]
        archive.append([written(documents, purpose)], storing)
    return documents


def fill(machine: Machine) -> None:
    """A party (entry 1), documents (2), a call (3), a document again beside a new one (4), a call (5)."""
    with machine.opened(Clock(START + timedelta(hours=1))) as archive:
        archive.append([party()])
        disclose(archive, *DOCUMENTS)
        archive.append([spoken()])
        disclose(archive, DOCUMENTS[0], b"another")
        archive.append([spoken("audit")])


def digest(content: bytes) -> bytes:
    """SHA-256."""
    return sha256(content).digest()


def files(archive: Archive) -> set[str]:
    """The names in the folder of segments."""
    return {path.name for path in archive.folder.segments.iterdir()}
