"""Step 15: the index of a bundle, and the lists in it: of key entries, of terms, of what follows each entry up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from vault.errors import NotFound
from vault.evidence import index_proof, index_proofs, terms
from vault.evidence.entry import SignedEntry
from vault.evidence.index import kind_tag
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.listed import Lists
from vault.evidence.strict import Malformed, base64_text, refuse
from vault.evidence.verdicts import Verdict, from_malformed
from vault.verify.bundles import layout
from vault.verify.bundles.reading import Bundle
from vault.verify.report import Report

_SHARED_FROM = 4_000  # proofs: below, starting processes takes longer than what they save
_JOB = 250  # proofs a process takes at a time, some 0.1 s

Tag = bytes
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Proofs:
    """The files of data/evidence/index as they are spelled, none verified; None for one that cannot be read.

    `within` is empty where there is no such file.
    """

    kinds: dict[str, IndexProof | None]
    terms: list[IndexProof] | None
    within: list[tuple[Tag, TermProof]] | None
    follow_ups: list[IndexProof] | None

    @classmethod
    def read(cls, bundle: Bundle, report: Report) -> "Proofs":
        """Step 1 of all of them; what is not spelled as it has to be is integrity BROKEN."""

        def one(name: str, limit: str, parse: Callable[[bytes, str], _Read]) -> _Read | None:
            try:
                return parse(bundle.read(name, layout.LIMITS[limit]), name)
            except NotFound:  # the layout has told it
                return None
            except Malformed as exc:
                report.add([from_malformed(Verdict.INTEGRITY, exc)])
                return None

        return cls(
            {kind: one(layout.kind_name(kind), "kind", index_proof.parse) for kind in layout.KINDS},
            one(layout.TERMS, "many", index_proofs.parse),
            one(layout.WITHIN, "many", index_proofs.parse_terms) if layout.WITHIN in bundle.names else [],
            one(layout.FOLLOW_UPS, "many", index_proofs.parse),
        )

    def kind(self, kind: str) -> IndexProof:
        """The proof of a kind; `Malformed` where there is none, or it is of another tag."""
        found, where = self.kinds[kind], f"kind {kind}"
        if found is None:
            refuse(where, "an index proof", "none that can be read")
        if found.tag != kind_tag(kind) or found.unverified_shown:
            refuse(where, f"the index proof of kind {kind}", base64_text(found.tag))
        return found


@dataclass(slots=True)
class Tags:
    """The tags that a bundle proves: those of each term of the statement, and whose `entry:<seq>` a tag is."""

    terms: dict[str, set[Tag]] = field(default_factory=dict)
    follow_ups: dict[Tag, int] = field(default_factory=dict)


def _those(
    proofs: Sequence[IndexProof] | None, name: str, expected: Sequence[str], keys: Mapping[int, bytes]
) -> list[IndexProof]:
    """One proof for each of the `expected` terms and each index key, each term's VRF proof verified.

    `Malformed` for fewer, more or others. [What was filed after a rotation is left out with its proof.]
    """
    if proofs is None:
        refuse(name, "proofs", "none that can be read")
    shown = [(one.tag, one.unverified_shown) for one in proofs if one.unverified_shown]
    if len(shown) != len(proofs):
        refuse(name, "lines `vrf` and `term` in each proof", "none")
    _check_all([one for _, one in shown], expected, len(keys), name)
    _check_terms(shown, keys, name)
    return list(proofs)


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

    def __init__(self, proofs: Proofs, root: bytes, keys: Mapping[int, bytes]) -> None:
        self._proofs, self._root, self._keys = proofs, root, keys
        self.tags = Tags()
        self._wanted: list[tuple[str, list[IndexProof]]] = []
        self.used = frozenset[int]()

    @property
    def proofs(self) -> int:
        """How many there are."""
        return sum(len(proofs) for _, proofs in self._wanted)

    def complete(self, wanted: Sequence[str]) -> None:
        """Take the proofs of the statement's `complete` terms. Raises `Malformed`."""
        found = _those(self._proofs.terms, layout.TERMS, wanted, self._keys)
        self._wanted.append((layout.TERMS, found))
        self._note([(one.tag, one.unverified_shown) for one in found])

    def within(self, wanted: Sequence[str]) -> None:
        """Take the proofs of the statement's `within` terms. Raises `Malformed`."""
        found = self._proofs.within
        if found is None:
            refuse(layout.WITHIN, "proofs", "none that can be read")
        _check_all([shown for _, shown in found], wanted, len(self._keys), layout.WITHIN)
        _check_terms(found, self._keys, layout.WITHIN)
        self._note(found)

    def follow_ups(self, seqs: Sequence[int]) -> None:
        """Take the proofs of `entry:<seq>` of each of these entries, all that have a record. Raises `Malformed`."""
        named = {terms.entry(seq): seq for seq in seqs}
        found = _those(self._proofs.follow_ups, layout.FOLLOW_UPS, list(named), self._keys)
        self._wanted.append((layout.FOLLOW_UPS, found))
        self.tags.follow_ups |= {one.tag: named[one.unverified_shown.term] for one in found if one.unverified_shown}

    def _note(self, found: Iterable[tuple[Tag, TermProof | None]]) -> None:
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
