"""Many index proofs in one file: what neighbours share of their paths stands there once. docs/format/report.md.

Sorted by tag, two paths that follow each other have the same siblings above the bit where their tags part.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from vault.evidence import index_proof
from vault.evidence.index import Path
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.strict import decimal, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/index-proofs/v1"
MAX_FILE = 1 << 28  # bytes: some 400,000 proofs
_SHARED = "shared "
_ONE = f"{index_proof.FORMAT}\n"
_ABSENT = "absent\n"


def render(proofs: Iterable[IndexProof]) -> bytes:
    """The bytes that `parse` reads; the proofs by ascending tag, as they come out again."""
    parts, before = [f"{FORMAT}\n"], Path(None, ())
    for proof in sorted(proofs, key=lambda one: one.tag):
        siblings = proof.unverified_path.siblings
        shared = _shared(before.siblings, siblings)
        kept = Path(proof.unverified_path.end, siblings[: len(siblings) - shared])
        parts.append(bytes(IndexProof(proof.tag, kept, proof.unverified_shown)).decode().removeprefix(_ONE))
        parts += [f"{_SHARED}{shared}\n"] if shared else []
        before = proof.unverified_path
    return "".join(parts).encode()


def _shared(before: Sequence[bytes], siblings: Sequence[bytes]) -> int:
    """How many topmost siblings are the same."""
    count = 0
    while count < min(len(before), len(siblings)) and before[-1 - count] == siblings[-1 - count]:
        count += 1
    return count


def parse(data: bytes, where: str = "index proofs") -> list[IndexProof]:
    """The proofs, by ascending tag, none verified. Raises `Malformed` for any other spelling."""
    text = strict_text(data, where, limit=MAX_FILE)
    first, _, rest = text.partition("\n")
    if first != FORMAT:
        refuse(where, f"the first line {FORMAT}", first)
    found: list[IndexProof] = []
    for number, lines in enumerate(_each(rest), 1):
        found.append(_parse_one(lines, found[-1] if found else None, f"{where}, proof {number}"))
    _check_ascending([proof.tag for proof in found], where)
    if render(found) != data:
        refuse(where, "the one spelling of its content")
    return found


def _check_ascending(tags: Sequence[bytes], where: str) -> None:
    if any(not before < after for before, after in pairwise(tags)):
        refuse(where, "ascending tags, none twice")


def _each(text: str) -> Iterator[str]:
    """The lines of each proof, which begins with its tag."""
    start = 0
    while start < len(text):
        stop = text.find("\ntag ", start) + 1 or len(text)
        yield text[start:stop]
        start = stop


def _parse_one(lines: str, before: IndexProof | None, where: str) -> IndexProof:
    own, separator, count = lines.rpartition(f"\n{_SHARED}")  # a name in a term may hold the word
    if not separator:
        return index_proof.parse(f"{_ONE}{lines}".encode(), where)
    proof = index_proof.parse(f"{_ONE}{own}\n".encode(), where)
    above = before.unverified_path.siblings if before else ()
    shared = decimal(count.removesuffix("\n"), where, limit=len(above))
    path = Path(proof.unverified_path.end, (*proof.unverified_path.siblings, *above[len(above) - shared :]))
    return IndexProof(proof.tag, path, proof.unverified_shown)


def render_terms(shown: Iterable[tuple[bytes, TermProof]]) -> bytes:
    """Terms with their tags and no paths, as within.proofs holds them; what `parse_terms` reads."""
    alone = [bytes(IndexProof(tag, Path(None, ()), one)).decode() for tag, one in sorted(shown, key=lambda one: one[0])]
    return "".join([f"{FORMAT}\n", *(one.removeprefix(_ONE).removesuffix(_ABSENT) for one in alone)]).encode()


def parse_terms(data: bytes, where: str = "terms") -> list[tuple[bytes, TermProof]]:
    """Each tag with its unverified term, by ascending tag: `index_proof.check_term` judges. Raises `Malformed`."""
    text = strict_text(data, where, limit=MAX_FILE)
    first, _, rest = text.partition("\n")
    if first != FORMAT:
        refuse(where, f"the first line {FORMAT}", first)
    found: list[tuple[bytes, TermProof]] = []
    for number, lines in enumerate(_each(rest), 1):
        proof = index_proof.parse(f"{_ONE}{lines}{_ABSENT}".encode(), f"{where}, term {number}")
        if proof.unverified_shown is None:
            refuse(f"{where}, term {number}", "lines `vrf` and `term`", "none")
        found.append((proof.tag, proof.unverified_shown))
    _check_ascending([tag for tag, _ in found], where)
    if render_terms(found) != data:
        refuse(where, "the one spelling of its content")
    return found
