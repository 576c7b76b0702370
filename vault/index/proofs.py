"""Proofs out of an open vault: all entries that the newest index holds for a term or kind, or that it holds none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from keys.vrf import IndexKey
from vault.archive import Archive
from vault.errors import Damaged, Refused
from vault.evidence import entry as entries
from vault.evidence import index_proof, terms
from vault.evidence.entry import SignedEntry
from vault.evidence.index import kind_tag
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.strict import Malformed
from vault.evidence.vrf import term_input
from vault.index import filling
from vault.index.blocks import DAMAGED

_NO_INDEX = "dvault checkpoint appends one"


@dataclass(frozen=True, slots=True)
class Proven:
    """An index proof, `data` being its file, against the `index` entry of that number; the entries it names, in order.

    `entries` is empty where it proves that nothing was filed. It says nothing of entries after `index`.
    """

    index: int
    data: bytes = field(repr=False)
    entries: tuple[int, ...]
    term: str | None = field(default=None, repr=False)
    generation: int | None = None


def prove_terms(archive: Archive, asked: Sequence[str]) -> list[Proven]:
    """For each term, in their order, one proof for each generation of the index key, the oldest first.

    As of one moment, against the newest index entry; each proof has been verified as a stranger would. `Refused` where
    there is no index yet or a generation of the index key is not held: a list that lacks one generation is not all.
    `Malformed` for a term in another than its one spelling; `Damaged` where the stored index is.
    """
    return _prove(archive, _tagged(archive, asked))


def prove_kinds(archive: Archive, kinds: Sequence[str]) -> list[Proven]:
    """For each kind of entry, in their order, all entries of it, or that there is none. Errors as in `prove_terms`."""
    return _prove(archive, [(kind_tag(kind), None) for kind in kinds])


class Lists(NamedTuple):
    """Proofs of one moment: of terms, each for each generation; of kinds; and of kinds that are counted, not listed."""

    terms: list[Proven]
    kinds: list[Proven]
    counts: list[bytes]


def prove_lists(archive: Archive, asked: Sequence[str], kinds: Sequence[str], counted: Sequence[str]) -> Lists:
    """`prove_terms` and `prove_kinds` at once, and O(log n) for each kind that is `counted`: its index proof alone."""
    tagged = _tagged(archive, asked)
    with archive.database.snapshot():
        newest = _newest(archive)
        made = [_prove_one(archive, newest, tag, shown) for tag, shown in tagged]
        listed = [_prove_one(archive, newest, kind_tag(kind), None) for kind in kinds]
        return Lists(made, listed, [_count(archive, newest, kind_tag(kind)) for kind in counted])


def _count(archive: Archive, newest: SignedEntry, tag: bytes) -> bytes:
    proof = IndexProof(tag, archive.index.path(tag))
    try:
        index_proof.verify(index_proof.parse(bytes(proof)), filling.stated(newest)[1])
    except Malformed as exc:
        raise Damaged(f"the stored index proves nothing: {exc}", DAMAGED) from exc
    return bytes(proof)


def _tagged(archive: Archive, asked: Sequence[str]) -> list[tuple[bytes, TermProof | None]]:
    for term in asked:
        terms.check(term, "term")
    keys = all_keys(archive)
    return [
        (key.tag(term_input(term)), TermProof(term, generation, key.prove(term_input(term))))
        for term in asked
        for generation, key in sorted(keys.items())
    ]


def all_keys(archive: Archive) -> Mapping[int, IndexKey]:
    """The index key of each generation that the ledger declares; `Refused` where one is not held."""
    held, declared = archive.secrets.index, archive.history.vrfs
    if missing := sorted(declared.keys() - held.keys()):
        raise Refused(f"this identity holds no index key of generation {missing[0]}", "ask a custodian")
    return {generation: held[generation] for generation in declared}


def _prove(archive: Archive, asked: Iterable[tuple[bytes, TermProof | None]]) -> list[Proven]:
    with archive.database.snapshot():
        newest = _newest(archive)
        return [_prove_one(archive, newest, tag, shown) for tag, shown in asked]


def _newest(archive: Archive) -> SignedEntry:
    newest = filling.newest(archive.ledger)
    if newest is None:
        raise Refused("this vault has no index yet", _NO_INDEX)
    if archive.index.head != filling.stated(newest):
        raise Damaged("the stored index is not that of the newest index entry", DAMAGED)
    return newest


def _prove_one(archive: Archive, newest: SignedEntry, tag: bytes, shown: TermProof | None) -> Proven:
    proof = IndexProof(tag, archive.index.path(tag), shown)
    listed = archive.index.listed(tag)
    try:  # the proof is read back and judged before anybody gets it
        leaf = index_proof.verify(index_proof.parse(bytes(proof)), filling.stated(newest)[1])
        if shown:
            index_proof.check_term(proof, archive.history.vrfs)
        if leaf:
            index_proof.check_complete(leaf, [_entry(archive, seq) for seq in listed])
        elif listed:
            raise Damaged(f"the stored index lists entry {listed[0]} where it holds none", DAMAGED)
    except Malformed as exc:
        raise Damaged(f"the stored index proves nothing: {exc}", DAMAGED) from exc
    term, generation = (shown.term, shown.generation) if shown else (None, None)
    return Proven(newest.entry.seq, bytes(proof), tuple(listed), term, generation)


def _entry(archive: Archive, seq: int) -> SignedEntry:
    (leaf,) = archive.ledger.leaves(seq, seq + 1)
    return entries.parse(leaf, f"entry {seq}")
