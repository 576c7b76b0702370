"""Making completeness proofs: what was filed under a party, subject, matter or document, or that nothing was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vault.archive import Archive
from vault.errors import Misuse, NotFound, Refused
from vault.evidence import completeness, index_proof, merkle, terms
from vault.evidence import entry as entries
from vault.evidence.completeness import KINDS, MAX_FILE, MAX_PROOFS, Completeness
from vault.evidence.strict import Malformed
from vault.evidence.vouched import Placed
from vault.index import filling
from vault.index.proofs import Lists, prove_lists
from vault.reviewing import Named, review

_SORTS = {"party": ("party:", "party-name:"), "subject": ("subject:", "subject-name:"), "matter": ("matter:",)}
_FEWER = "ask for fewer terms at once"


@dataclass(frozen=True, slots=True)
class Complete:
    """A proof; the terms it is for; the numbers of the entries that it lists and of the transmittals among them.

    `uncovered` says whether something was logged after the index that it rests on.
    """

    proof: Completeness = field(repr=False)
    terms: tuple[str, ...] = field(repr=False)
    entries: tuple[int, ...]
    transmittals: int
    index: int
    uncovered: bool


def terms_of(archive: Archive, kind: str, said: str) -> list[str]:
    """Every term that a party, subject or matter has or had: register numbers, names, aliases, before corrections too.

    `said` is its id, one of its names, SCHEME:VALUE. `Misuse` where it has none: a matter without an official number.
    """
    try:
        found = archive.catalog.resolve(kind, said)
    except NotFound as exc:
        hint = f"of whom the register does not know say the terms: --term {_SORTS[kind][-1]}..., docs/format/entry.md"
        raise NotFound(str(exc), hint) from exc
    reviewed = review(archive, Named(found.id, kind))
    held = [term for term in dict.fromkeys(reviewed.terms) if term.startswith(_SORTS[kind])]
    if not held:
        raise Misuse(f"{found.id} is filed under no term", f"dvault correct {found.id} states a number for it")
    return held


def term(said: str) -> str:
    """A term as somebody wrote it down; `Misuse` unless it is the one spelling."""
    try:
        terms.check(said, "term")
    except Malformed as exc:
        raise Misuse(str(exc), "like party:lei:529900T8BM49AURSDO55; docs/format/entry.md, Terms") from exc
    return said


def complete(archive: Archive, asked: Iterable[str]) -> Complete:
    """The proof for the terms `asked`, as of the newest index: O(entries listed * log n + key entries).

    `Refused` where the checkpoint over that index is not kept, or where it would be too large to be read.
    """
    wanted = sorted(set(asked))
    if (count := len(wanted) * archive.history.generation) > MAX_PROOFS:
        raise Refused(f"a proof of {count} lists is larger than anybody reads", _FEWER)
    lists = prove_lists(archive, wanted, KINDS[:2], KINDS[2:])
    index = lists.kinds[0].index
    seqs = sorted({seq for one in lists.terms for seq in one.entries})
    made = _made(archive, index, lists, seqs)
    data = bytes(made)
    if len(data) > MAX_FILE:
        raise Refused(f"the proof would be of {len(data)} bytes, larger than anybody reads", _FEWER)
    proof = completeness.parse(data)
    kinds = [entries.parse(one.leaf, f"entry {one.index}").entry.kind for one in proof.listed]
    found = tuple(dict.fromkeys(one.term for one in lists.terms if one.term))
    return Complete(proof, found, tuple(seqs), kinds.count("disclosure"), index, filling.is_due(archive.ledger))


def _made(archive: Archive, index: int, lists: Lists, seqs: Sequence[int]) -> Completeness:
    size = index + 1
    key_entries = [_placed(archive, seq, leaf, size) for seq, leaf in archive.ledger.key_leaves(size)]
    return Completeness(
        tuple(key_entries),
        _entry(archive, index, size),
        tuple(index_proof.parse(data) for data in (*(one.data for one in lists.kinds), *lists.counts)),
        tuple(index_proof.parse(one.data) for one in lists.terms),
        tuple(_entry(archive, seq, size) for seq in seqs),
        _checkpoint(archive, size),
    )


def _entry(archive: Archive, seq: int, size: int) -> Placed:
    (leaf,) = archive.ledger.leaves(seq, seq + 1)
    return _placed(archive, seq, leaf, size)


def _placed(archive: Archive, seq: int, leaf: bytes, size: int) -> Placed:
    return Placed(leaf, seq, tuple(merkle.inclusion_proof(seq, size, archive.ledger.node)))


def _checkpoint(archive: Archive, size: int) -> bytes:
    """The one whose last leaf is the index entry: under a later one the index would not count."""
    kept = [note for _, note in archive.ledger.checkpoints(size - 1, size)]
    if not kept:
        hint = "a checkpointer or custodian makes one: dvault checkpoint"
        raise Refused(f"no checkpoint that ends with the newest index, entry {size - 1}, is kept", hint)
    return kept[0]
