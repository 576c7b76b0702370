"""Completeness proofs: all the entries that were filed under some terms, or that none was, in one file.

docs/format/completeness.md. A stranger checks it without the vault and without the ledger, up to one question: whether
somebody independent has recomputed the index that it rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vault.evidence import index_proof, sections, vouched
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.entry import MAX_ENTRY, SignedEntry
from vault.evidence.index import kind_tag
from vault.evidence.index_proof import IndexProof
from vault.evidence.listed import Lists, count_kinds
from vault.evidence.note import parse as parse_note
from vault.evidence.sections import Reader
from vault.evidence.strict import base64_text, refuse
from vault.evidence.vouched import Placed

FORMAT = "disclosure-vault/completeness/v1"
MAX_FILE = 64 << 20  # bytes: the lists of some 30,000 entries
MAX_PROOFS = 1_000  # one for each term and generation
KINDS = ("genesis", "key", "disclosure")
"""The kinds that are counted: that the key entries shown are all, and that there is any disclosure at all."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """A completeness proof as it was read, none of it verified.

    `kinds` are the index proofs of `KINDS`; `proofs` those of the terms, one for each generation; `listed` every entry
    under any of them, by ascending number.
    """

    keys: tuple[Placed, ...]
    index: Placed
    kinds: tuple[IndexProof, ...]
    proofs: tuple[IndexProof, ...]
    listed: tuple[Placed, ...]
    checkpoint: bytes

    def __bytes__(self) -> bytes:
        """The one spelling of this proof."""
        parts = [*vouched.render(self.keys), *vouched.render([self.index], "index")]
        parts += [("kind", bytes(proof).decode()) for proof in self.kinds]
        parts += [("term", bytes(proof).decode()) for proof in self.proofs]
        parts += [*vouched.render(self.listed, "entry"), ("checkpoint", self.checkpoint.decode())]
        return sections.render(FORMAT, parts)

    @property
    def unverified(self) -> Checkpoint:
        """What the checkpoint says, its signatures not looked at."""
        return _checkpoint(self.checkpoint, "checkpoint")


class Filed(NamedTuple):
    """A term, and all that was filed under it, in order, whatever index key was in force."""

    term: str
    entries: tuple[SignedEntry, ...]


def check_kinds(read: Completeness, keys: Sequence[SignedEntry], root: bytes, where: str = "kinds") -> int:
    """How many disclosures the index with this `root` counts, `keys` being all the key entries there are.

    Else `Malformed`, as `listed.count_kinds`.
    """
    return count_kinds(dict(zip(KINDS, read.kinds, strict=True)), keys, root, where)["disclosure"]


def check_terms(
    read: Completeness, listed: Sequence[SignedEntry], root: bytes, index_keys: Mapping[int, bytes], where: str = "term"
) -> tuple[Filed, ...]:
    """Each term with all that the index with this `root` holds under it, by every index key of the ledger.

    `listed` are the entries of `read.listed`. `Malformed` if a list lacks an entry, holds one that is not under the
    term, or if the proof for a generation is missing. [What was filed after a rotation is left out with it.]
    """
    lists, found = Lists.of(listed), dict[str, list[SignedEntry]]()
    generations: dict[str, int] = {}
    for number, proof in enumerate(read.proofs, 1):
        place = f"{where} {number}"
        term = index_proof.check_term(proof, index_keys, place)
        found.setdefault(term, []).extend(lists.all_under(proof, root, place))
        generations[term] = generations.get(term, 0) + 1
    for shown in generations.values():
        if shown != len(index_keys):
            refuse(where, f"a proof for each of {len(index_keys)} generations of the index key", shown)
    for signed in listed:
        if signed.entry.seq not in lists.used:
            refuse(f"entry {signed.entry.seq}", "an entry under one of the terms", "one under none")
    return tuple(Filed(term, tuple(sorted(some, key=lambda one: one.entry.seq))) for term, some in found.items())


def parse(data: bytes, where: str = "completeness proof") -> Completeness:
    """Read a completeness proof. Raises `Malformed` for any other spelling of it."""
    reader = Reader(sections.parse(data, FORMAT, where, limit=MAX_FILE), where)
    keys = vouched.take(reader, where)
    index = vouched.take_one(reader, where, "index")
    kinds = tuple(index_proof.parse(reader.take("kind").encode(), f"{where}, kind {kind}") for kind in KINDS)
    proofs = tuple(_proofs(reader, where))
    listed = tuple(_listed(reader, where))
    checkpoint = reader.take("checkpoint").encode()
    reader.finish()
    _check_order(kinds, proofs, where)
    _checkpoint(checkpoint, f"{where}, checkpoint")
    read = Completeness(keys, index, kinds, proofs, listed, checkpoint)
    if bytes(read) != data:
        refuse(where, "the one spelling of its content")
    return read


def _proofs(reader: Reader, where: str) -> list[IndexProof]:
    found: list[IndexProof] = []
    while reader.has("term") or not found:
        found.append(index_proof.parse(reader.take("term").encode(), f"{where}, term {len(found) + 1}"))
        if len(found) > MAX_PROOFS:
            refuse(where, f"at most {MAX_PROOFS} proofs of terms")
    return found


def _listed(reader: Reader, where: str) -> list[Placed]:
    found: list[Placed] = []
    while reader.has("entry"):
        found.append(vouched.take_one(reader, where, "entry"))
        if len(found[-1].leaf) > MAX_ENTRY:
            refuse(where, f"an entry of at most {MAX_ENTRY} bytes", f"{len(found[-1].leaf)} bytes")
        if len(found) > 1 and found[-2].index >= found[-1].index:
            refuse(where, f"an entry after {found[-2].index}", found[-1].index)
    return found


def _check_order(kinds: Sequence[IndexProof], proofs: Sequence[IndexProof], where: str) -> None:
    """The kinds as `KINDS` has them; terms ascending by their bytes, the generations of each from 1."""
    for kind, proof in zip(KINDS, kinds, strict=True):
        if proof.tag != kind_tag(kind) or proof.unverified_shown:
            refuse(where, f"the index proof of kind {kind}", base64_text(proof.tag))
    term, generation = "", 0
    for number, proof in enumerate(proofs, 1):
        shown = proof.unverified_shown
        if shown is None:
            refuse(f"{where}, term {number}", "lines `vrf` and `term`", "none")
        again = shown.term == term
        if shown.term < term or shown.generation != (generation + 1 if again else 1):
            expected = "terms in the order of their bytes, the generations of each from 1"
            refuse(f"{where}, term {number}", expected, f"generation {shown.generation}")
        term, generation = shown.term, shown.generation


def _checkpoint(note: bytes, where: str) -> Checkpoint:
    return parse_text(parse_note(note, where, limit=MAX_CHECKPOINT).text, where)
