"""Step 15: the index of a bundle, and the lists in it: of key entries, of terms, of what follows each entry up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vault.evidence import index_proof, index_proofs, terms
from vault.evidence.entry import SignedEntry
from vault.evidence.index import kind_tag
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.listed import Lists, count_kinds
from vault.evidence.strict import Malformed, base64_text, refuse
from vault.verify.bundles import layout
from vault.verify.bundles.reading import Bundle

_SHARED_FROM = 4_000  # proofs: below, starting processes takes longer than what they save
_JOB = 250  # proofs a process takes at a time, some 0.1 s

Tag = bytes


@dataclass(slots=True)
class Tags:
    """The tags that a bundle proves: those of each term of the statement, and whose `entry:<seq>` a tag is."""

    terms: dict[str, set[Tag]] = field(default_factory=dict)
    follow_ups: dict[Tag, int] = field(default_factory=dict)


def read_kinds(bundle: Bundle) -> dict[str, IndexProof]:
    """The index proof of each kind that is counted, none verified. Raises `Malformed`."""
    found: dict[str, IndexProof] = {}
    for kind in layout.KINDS:
        where = f"kind {kind}"
        found[kind] = index_proof.parse(bundle.read(layout.kind_name(kind), layout.LIMITS["kind"]), where)
        if found[kind].tag != kind_tag(kind) or found[kind].unverified_shown:
            refuse(where, f"the index proof of kind {kind}", base64_text(found[kind].tag))
    return found


def count(bundle: Bundle, keys: Sequence[SignedEntry], root: bytes) -> dict[str, int]:
    """How many entries of each kind the index counts, `keys` being all key entries there are; else `Malformed`."""
    return count_kinds(read_kinds(bundle), keys, root)


def read_many(bundle: Bundle, name: str, expected: Sequence[str], keys: Mapping[int, bytes]) -> list[IndexProof]:
    """The proofs in a file: one for each of the `expected` terms and each index key, each term's VRF proof verified.

    `Malformed` for fewer, more or others. [What was filed after a rotation is left out with its proof.]
    """
    proofs = index_proofs.parse(bundle.read(name, layout.LIMITS["many"]), name)
    shown = [one.unverified_shown for one in proofs if one.unverified_shown]
    if len(shown) != len(proofs):
        refuse(name, "lines `vrf` and `term` in each proof", "none")
    _check_all(shown, expected, len(keys), name)
    _check_terms([(one.tag, one.unverified_shown) for one in proofs if one.unverified_shown], keys, name)
    return proofs


def read_within(bundle: Bundle, expected: Sequence[str], keys: Mapping[int, bytes]) -> list[tuple[Tag, TermProof]]:
    """The terms in within.proofs with their tags; `Malformed` as `read_many`. No file where none is expected."""
    there = layout.WITHIN in bundle.names
    if there != bool(expected):
        refuse(layout.WITHIN, "a file where the statement has `within`, and only there", "one" if there else "none")
    if not there:
        return []
    found = index_proofs.parse_terms(bundle.read(layout.WITHIN, layout.LIMITS["many"]), layout.WITHIN)
    _check_all([shown for _, shown in found], expected, len(keys), layout.WITHIN)
    _check_terms(found, keys, layout.WITHIN)
    return found


def _check_all(shown: Sequence[TermProof], expected: Sequence[str], generations: int, where: str) -> None:
    """Each term once for each generation, no other."""
    wanted = {(term, generation) for term in expected for generation in range(1, generations + 1)}
    found = {(one.term, one.generation) for one in shown}
    if found != wanted or len(shown) != len(wanted):
        expected_ = f"one proof for each of {len(set(expected))} terms and {generations} generations of the index key"
        refuse(where, expected_, f"{len(shown)}, {len(wanted - found)} missing, {len(found - wanted)} of other terms")


def _check_terms(found: Sequence[tuple[Tag, TermProof]], keys: Mapping[int, bytes], where: str) -> None:
    """Verify the VRF proofs: 0.4 ms each, all of what a large report costs; so many are shared with other processes."""
    if len(found) < _SHARED_FROM:
        _check_some((found, keys, where))
        return
    from vault.crew import crew, each
    from vault.verify.walking import Effort

    jobs = ((found[at : at + _JOB], keys, where) for at in range(0, len(found), _JOB))
    processes = Effort().processes
    with crew(processes, _begin, None) as pool:
        for _ in each(pool, _check_some, jobs, 2 * processes):
            pass


def _begin(_: None) -> None:
    """A process of the crew needs nothing but its proofs."""


def _check_some(job: tuple[Sequence[tuple[Tag, TermProof]], Mapping[int, bytes], str]) -> None:
    some, keys, where = job
    from vault.evidence.index import Path

    for tag, shown in some:
        index_proof.check_term(IndexProof(tag, Path(None, ()), shown), keys, f"{where}, generation {shown.generation}")


class Listed:
    """The lists of one index `root`; `tags` are those proven so far."""

    def __init__(self, bundle: Bundle, root: bytes, keys: Mapping[int, bytes]) -> None:
        self._bundle, self._root, self._keys = bundle, root, keys
        self.tags = Tags()
        self._wanted: list[tuple[str, list[IndexProof]]] = []
        self.used = frozenset[int]()

    @property
    def proofs(self) -> int:
        """How many there are."""
        return sum(len(proofs) for _, proofs in self._wanted)

    def complete(self, wanted: Sequence[str]) -> None:
        """Read the proofs of the statement's `complete` terms. Raises `Malformed`."""
        self._wanted.append((layout.TERMS, read_many(self._bundle, layout.TERMS, wanted, self._keys)))
        self._note([(one.tag, one.unverified_shown) for one in self._wanted[-1][1]])

    def within(self, wanted: Sequence[str]) -> None:
        """Read the proofs of the statement's `within` terms. Raises `Malformed`."""
        self._note(read_within(self._bundle, wanted, self._keys))

    def follow_ups(self, seqs: Sequence[int]) -> None:
        """Read the proofs of `entry:<seq>` of each of these entries, all that have a record. Raises `Malformed`."""
        named = {terms.entry(seq): seq for seq in seqs}
        proofs = read_many(self._bundle, layout.FOLLOW_UPS, list(named), self._keys)
        self._wanted.append((layout.FOLLOW_UPS, proofs))
        self.tags.follow_ups |= {one.tag: named[one.unverified_shown.term] for one in proofs if one.unverified_shown}

    def _note(self, found: Sequence[tuple[Tag, TermProof | None]]) -> None:
        for tag, shown in found:
            if shown:
                self.tags.terms.setdefault(shown.term, set()).add(tag)

    def check(self, shown: Sequence[SignedEntry]) -> list[Malformed]:
        """Compare each list with the entries shown, and each entry with what is said to be here; what is wrong."""
        faults: list[Malformed] = []
        lists = Lists.of(shown, {one.tag for _, proofs in self._wanted for one in proofs})
        for name, proofs in self._wanted:
            for one in proofs:
                try:
                    lists.all_under(one, self._root, _where(name, one))
                except Malformed as exc:
                    faults.append(exc)
        self.used = frozenset(lists.used)
        return faults


def _where(name: str, proof: IndexProof) -> str:
    """[A term is foreign text: the statement shows it, a fault names where it stands.]"""
    shown = proof.unverified_shown
    if shown and name == layout.FOLLOW_UPS:
        return f"follow-ups of {shown.term.replace(':', ' ')}"
    return f"{name}, tag {base64_text(proof.tag)}"
