"""Looking terms up in the stored index: their tags by every generation of the index key, and what is listed there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from keys.vrf import IndexKey
from vault.archive import Archive
from vault.errors import Damaged, Unavailable
from vault.evidence import index_proof, terms
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.index import kind_tag
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.strict import Malformed
from vault.evidence.vrf import term_input
from vault.index import filling
from vault.index.blocks import DAMAGED
from vault.index.proofs import all_keys


@dataclass(slots=True)
class Lookup:
    """The index that a checkpoint ends in, at one moment of the vault: to be used within one snapshot."""

    archive: Archive
    checkpoint: Checkpoint
    _made: dict[str, list[tuple[bytes, TermProof]]] = field(default_factory=dict)
    _keys: dict[int, IndexKey] = field(init=False)
    _root: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Refuse an index that is not, or no longer, the one the checkpoint ends in."""
        signed = self.archive.entry(self.checkpoint.size - 1)
        self._keys = dict(sorted(all_keys(self.archive).items()))
        self._root = filling.stated(signed)[1]
        if self.archive.ledger.last_of("index") != signed.entry.seq:
            raise Unavailable("this ledger was indexed anew meanwhile", "repeat it; nothing was written")
        if self.archive.index.head != filling.stated(signed):
            raise Damaged("the stored index is not that of the newest index entry", DAMAGED)

    def tags(self, term: str) -> list[bytes]:
        """The tag of a term by each index key, the oldest first."""
        return [tag for tag, _ in self._of(term)]

    def _of(self, term: str) -> list[tuple[bytes, TermProof]]:
        """By each index key: the tag and its proof, which is made once. Nearly every tag that is looked up is shown."""
        if term not in self._made:
            pairs = ((number, *key.prove_tag(term_input(term))) for number, key in self._keys.items())
            self._made[term] = [(tag, TermProof(term, number, proof)) for number, tag, proof in pairs]
        return self._made[term]

    def entries(self, term: str) -> list[int]:
        """The numbers of all entries filed under a term, in order."""
        return sorted({seq for tag in self.tags(term) for seq in self.archive.index.listed(tag)})

    def of_kind(self, kind: str) -> list[int]:
        """The numbers of all entries of a kind, in order."""
        return self.archive.index.listed(kind_tag(kind))

    def follow_ups(self, seq: int) -> list[int]:
        """The numbers of the entries that follow up entry `seq`."""
        return self.entries(terms.entry(seq))

    def shown(self, asked: Iterable[str]) -> Iterator[tuple[bytes, TermProof]]:
        """Each term by each index key: its tag, and the proof that it is this term's."""
        for term in asked:
            yield from self._of(term)

    def prove(self, asked: Iterable[str]) -> list[IndexProof]:
        """The index proof of each term by each index key, every path compared with the root that the index states."""
        pairs = list(self.shown(asked))
        return self._proofs([tag for tag, _ in pairs], [shown for _, shown in pairs])

    def prove_kind(self, kind: str) -> IndexProof:
        """The index proof of a kind."""
        return self._proofs([kind_tag(kind)], [None])[0]

    def _proofs(self, tags: list[bytes], shown: list[TermProof] | list[None]) -> list[IndexProof]:
        paths = self.archive.index.paths(tags)
        made = [IndexProof(*three) for three in zip(tags, paths, shown, strict=True)]
        try:
            for proof in made:
                index_proof.verify(proof, self._root)
        except Malformed as exc:
            raise Damaged(f"the stored index proves nothing: {exc}", DAMAGED) from exc
        return made
