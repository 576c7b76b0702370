"""Checking records: each opens, is the one its entry commits to, and is filed under the terms that its tags say."""

import re
from collections.abc import Iterator, Mapping

from keys.vrf import IndexKey
from vault.checking.faults import failed
from vault.documents.table import DocumentTable
from vault.errors import VaultError
from vault.evidence import record as records
from vault.evidence import references
from vault.evidence.binding import check_record
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Value
from vault.evidence.references import Reference
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed
from vault.evidence.vrf import term_input
from vault.ledger.sqlcipher import Stored
from vault.sealing import box

_ITEM = re.compile(r"(item\.[0-9]+\.)payload-sha256", re.ASCII)


class Records:
    """Checks one record after the other; with `deep` also its tags and that its items are stored.

    `references` are what they refer to in other entries, for `FollowUps` to judge when the walk is over.
    """

    def __init__(self, wrapping: Mapping[int, bytes], tags: "Tags", documents: DocumentTable, *, deep: bool) -> None:
        self._wrapping = wrapping
        self._tags = tags
        self._documents = documents
        self._deep = deep
        self.references: list[Reference] = []

    def check(self, signed: SignedEntry, stored: Stored, generation: int) -> Iterator[Fault]:
        """`generation` is that of the index key in force."""
        where = f"record of entry {stored.seq}"
        if signed.entry.record is None:
            if stored.sealed or stored.wrap:
                yield broken(Verdict.INTEGRITY, where, "none, the entry has public lines", "a record")
            return
        if not stored.sealed or not stored.wrap:
            what = "a record whose key was destroyed" if stored.sealed else "none"
            yield broken(Verdict.INTEGRITY, where, "a sealed record, or an erasure that names it", what)
            return
        if stored.generation not in self._wrapping:
            known = f"a generation of the record key: {', '.join(map(str, self._wrapping))}"
            yield broken(Verdict.INTEGRITY, where, known, stored.generation)
            return
        try:
            data = box.open_sealed(stored.sealed, stored.wrap, self._wrapping[stored.generation], where)
            record = records.parse(data, where)
            self.references += references.of(record, signed)
            check_record(record, signed, where)
        except Malformed as exc:
            yield from_malformed(Verdict.INTEGRITY, exc)
            return
        if self._deep:
            yield from self._tags.check(record, signed, generation, where)
            yield from self._items(record.values(), stored.seq)

    def _items(self, values: Mapping[str, Value], seq: int) -> Iterator[Fault]:
        for match in filter(None, map(_ITEM.fullmatch, values)):
            item = {name: values.get(match[1] + name) for name in ("sha256", "size", "payload-size")}
            where = f"{match[1][:-1]} of entry {seq}"
            digest = bytes.fromhex(str(values[match[0]]))  # the record was refused if it is no SHA-256 in hex
            try:
                found = self._documents.by_payload(digest)
            except VaultError as exc:
                yield failed(where, "a readable header", exc)
                continue
            if found is None:
                yield broken(Verdict.INTEGRITY, where, "its header", "none")
            elif item != {"sha256": found.sha256.hex(), "size": found.size, "payload-size": found.payload_size}:
                yield broken(Verdict.INTEGRITY, where, "hash and sizes as the record says them", "others in the table")


class Tags:
    """Recomputes tags."""

    def __init__(self, keys: Mapping[int, IndexKey]) -> None:
        self._keys = keys

    def check(self, record: records.Record, signed: SignedEntry, generation: int, where: str) -> Iterator[Fault]:
        """Whether the tags are those of the terms under the index key in force, all of them and no others."""
        if generation not in self._keys:
            return  # a checkpointer holds no index key; `steps` says that tags were skipped
        key = self._keys[generation]
        if {key.tag(term_input(term)) for term in record.terms()} != set(signed.entry.tags):
            yield broken(Verdict.INTEGRITY, where, "terms whose tags the entry carries", "terms with other tags")
