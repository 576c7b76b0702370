"""The files of data/evidence: all that a stranger needs to judge what is shown. docs/format/report.md.

Proofs are made as they are asked for, entry by entry: O(entries shown * log n), hashes near the top read once.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import chain

from vault.archive import Archive
from vault.evidence import index_proofs, merkle, note, terms
from vault.evidence import record as records
from vault.evidence.consistency_path import ConsistencyPath
from vault.evidence.note import Note
from vault.evidence.proof import Proof
from vault.evidence.statement import Statement
from vault.reports import anchors
from vault.reports.anchors import Anchors
from vault.reports.looking_up import Lookup
from vault.reports.pieces import Piece

FOLDER = "data/evidence"
KINDS = ("disclosure", "genesis", "key", "party")
_REMEMBERED = 1 << 16  # tree hashes, in some 8 MB

File = tuple[str, bytes]


class Evidence:
    """What is shown, under one checkpoint. To be used within the snapshot that `lookup` is used within."""

    def __init__(self, archive: Archive, lookup: Lookup, checkpoint: bytes, shown: Mapping[int, Piece]) -> None:
        """`checkpoint` is the note of the lookup's checkpoint; `shown` all pieces, lines withheld in them."""
        self._archive, self._lookup, self._checkpoint = archive, lookup, checkpoint
        self.shown = shown
        self._node = lru_cache(maxsize=_REMEMBERED)(archive.ledger.node)

    def files(self, statement: Statement, anchored: Anchors) -> Iterator[File]:
        """Every file but ledger/, in the order of their names; names are those below data/evidence."""
        query, size = statement.query, self._lookup.checkpoint.size
        yield from ((f"anchors/{name}", data) for name, data in anchors.files(self._archive, anchored))
        yield "checkpoint", self._checkpoint
        yield from self._consistency(old for old in anchored.tokens if old != size)
        yield from chain.from_iterable(self._entry(f"entries/{seq:06}", seq) for seq in sorted(self.shown))
        yield from self._declared()
        yield from self._kinds()
        yield "index/follow-ups.proofs", self._follow_ups()
        yield "index/terms.proofs", index_proofs.render(self._lookup.prove(query.complete))
        if query.within:
            yield "index/within.proofs", index_proofs.render_terms(self._lookup.shown(query.within))
        yield "statement", str(statement).encode()

    def _entry(self, name: str, seq: int, leaf: bytes = b"") -> Iterator[File]:
        piece = self.shown.get(seq)
        yield f"{name}.entry", piece.signed.leaf if piece else leaf
        if piece and piece.record:
            yield f"{name}.record", records.render_shown(piece.record)
        path = tuple(merkle.inclusion_proof(seq, self._lookup.checkpoint.size, self._node))
        yield f"{name}.tlog-proof", bytes(Proof(seq, path, self._alone))

    @cached_property
    def _alone(self) -> Note:
        """The checkpoint with the log's Ed25519 line alone."""
        whole = note.parse(self._checkpoint)
        key = self._archive.history.log_at(self._lookup.checkpoint.size).ed25519
        return Note(whole.text, tuple(note.signatures_by(whole, key)))

    def _declared(self) -> Iterator[File]:
        """Genesis and key entries."""
        for seq, leaf in self._archive.ledger.key_leaves(self._lookup.checkpoint.size):
            yield from self._entry("genesis" if seq == 0 else f"keys/{seq:06}", seq, leaf)

    def _consistency(self, sizes: Iterable[int]) -> Iterator[File]:
        new = self._lookup.checkpoint.size
        for old in sizes:
            hashes = tuple(merkle.consistency_proof(old, new, self._node))
            yield f"consistency/{old}.proof", bytes(ConsistencyPath(old, new, hashes))

    def _kinds(self) -> Iterator[File]:
        yield from ((f"index/kind-{kind}.proof", bytes(self._lookup.prove_kind(kind))) for kind in KINDS)

    def _follow_ups(self) -> bytes:
        seqs = [seq for seq, piece in self.shown.items() if piece.record]
        return index_proofs.render(self._lookup.prove(terms.entry(seq) for seq in seqs))


def bare(archive: Archive, seqs: Iterable[int]) -> dict[int, Piece]:
    """Entries without a record by their numbers: the index entry, anchors."""
    return {seq: Piece(archive.entry(seq), None) for seq in seqs}
