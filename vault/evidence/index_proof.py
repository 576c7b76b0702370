"""Index proofs as files: all the entries that carry a tag, counted, or that none does, under the root of an index.

```
disclosure-vault/index-proof/v1
tag k1lAuLt8QMZ4KEvL09MT0VnBZFkmNxkSjoGAAI2BZz0=
vrf 1 9sE3f3VrRvLEKThdmuTnXJqKGpPqkdJaGAN5pl4tvXLa4HFTfc0LBI7T2dWQaO4FTycBY1Zhq5ZWU4YXPijWzQuLgS0Z6bItBOJht/f5ngc=
term party:uscc:91360700MA350TESTX
leaf k1lAuLt8QMZ4KEvL09MT0VnBZFkmNxkSjoGAAI2BZz0= 3 ZvKp5xs2UyVbMlm6ymV5Ft4vvSLnvAdXZVH3qWSgm9o=
wm5wOrmNHlbLBpWZgVPC2bHf1ZVJ1xJ2uNG6y0zv3oA=
```
`vrf` and `term` stand together or not at all; in place of `leaf` stands `absent` where the path ends in no leaf. Then
the siblings from the leaf up. A proof by itself says nothing: `binding.check_index` says which root counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vault.evidence import merkle, terms, vrf
from vault.evidence.entry import SignedEntry
from vault.evidence.index import EMPTY, Leaf, Path, bit, node_hash, tags_of
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/index-proof/v1"
MAX_SIBLINGS = 255
MAX_PROOF = 1 << 15  # bytes: 255 siblings and the longest term take less

_TAG, _VRF, _TERM, _LEAF, _ABSENT = "tag ", "vrf ", "term ", "leaf ", "absent"


@dataclass(frozen=True, slots=True)
class TermProof:
    """The `term` that a tag stands for, by the VRF `proof` (80 bytes) of the index key of that `generation`."""

    term: str = field(repr=False)
    generation: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class IndexProof:
    """What an index is said to hold under a tag (32 bytes), none of it verified; `shown` is None for a bare tag."""

    tag: bytes
    unverified_path: Path
    unverified_shown: TermProof | None = None

    def __bytes__(self) -> bytes:
        """The one spelling of this proof."""
        shown, path = self.unverified_shown, self.unverified_path
        lines = [FORMAT, _TAG + base64_text(self.tag)]
        if shown:
            lines += [f"{_VRF}{shown.generation} {base64_text(shown.proof)}", _TERM + shown.term]
        lines += [_leaf_line(path.end) if path.end else _ABSENT, *map(base64_text, path.siblings), ""]
        return "\n".join(lines).encode()


def _leaf_line(leaf: Leaf) -> str:
    return f"{_LEAF}{base64_text(leaf.tag)} {leaf.count} {base64_text(leaf.root)}"


def parse(data: bytes, where: str = "index proof") -> IndexProof:
    """Read a proof of at most 32 KiB and 255 siblings; `Malformed` unless it is spelled as the format says."""
    whole = strict_text(data, where, limit=MAX_PROOF)
    name, *lines = whole.removesuffix("\n").split("\n")
    if name != FORMAT:
        refuse(where, f"the first line {FORMAT}", name)
    tag = base64_bytes(_taken(lines, _TAG, where), where, size=32)
    shown = _read_shown(lines, where) if lines and lines[0].startswith(_VRF) else None
    end = None
    if lines and lines[0] == _ABSENT:
        del lines[0]
    else:
        end = _read_leaf(_taken(lines, _LEAF, where), where)
    if len(lines) > MAX_SIBLINGS:
        refuse(where, f"at most {MAX_SIBLINGS} siblings", len(lines))
    siblings = tuple(base64_bytes(line, f"{where}, sibling", size=32) for line in lines)
    proof = IndexProof(tag, Path(end, siblings), shown)
    if bytes(proof) != data:  # no line feed at its end
        refuse(where, "the one spelling of its content")
    return proof


def _taken(lines: list[str], keyword: str, where: str) -> str:
    if not lines or not lines[0].startswith(keyword):
        refuse(where, f"a line `{keyword.strip()}`", lines[0] if lines else "none")
    return lines.pop(0)[len(keyword) :]


def _read_shown(lines: list[str], where: str) -> TermProof:
    generation, _, proof = _taken(lines, _VRF, where).partition(" ")
    number = decimal(generation, f"{where}, generation")
    if not number:
        refuse(where, "a generation from 1", number)
    value = base64_bytes(proof, f"{where}, vrf", size=vrf.PROOF_SIZE)
    term = _taken(lines, _TERM, where)
    terms.check(term, f"{where}, term")
    return TermProof(term, number, value)


def _read_leaf(value: str, where: str) -> Leaf:
    fields = value.split(" ")
    if len(fields) != 3:
        refuse(where, "leaf <tag> <count> <root>", value)
    count = decimal(fields[1], f"{where}, count")
    if not count:
        refuse(where, "a count above 0", count)
    return Leaf(base64_bytes(fields[0], where, size=32), count, base64_bytes(fields[2], where, size=32))


def verify(proof: IndexProof, root: bytes, where: str = "index proof") -> Leaf | None:
    """The leaf that an index with this root (32 bytes) holds for `proof.tag`; None if it holds none. Else `Malformed`.

    Folded by the bits of the tag that was asked for. [By those of the leaf's own, any leaf of the tree would prove that
    any tag is absent.] `root` has to come from `binding.check_index`.
    """
    end, siblings = proof.unverified_path.end, proof.unverified_path.siblings
    depth = len(siblings)
    _check_form(proof, where)
    if end and _prefix(end.tag, depth) != _prefix(proof.tag, depth):
        refuse(where, f"a leaf that shares {depth} bits with the tag", base64_text(end.tag))
    found = end.hash if end else EMPTY
    for place, sibling in zip(range(depth - 1, -1, -1), siblings, strict=True):
        found = node_hash(sibling, found) if bit(proof.tag, place) else node_hash(found, sibling)
    if found != root:
        refuse(where, f"index root {base64_text(root)}", base64_text(found))
    return end if end and end.tag == proof.tag else None


def _check_form(proof: IndexProof, where: str) -> None:
    """What holds of every path in every index, also of one that no parser has read."""
    end, siblings = proof.unverified_path.end, proof.unverified_path.siblings
    if len(siblings) > MAX_SIBLINGS:
        refuse(where, f"at most {MAX_SIBLINGS} siblings", len(siblings))
    hashes = [proof.tag, *siblings, *([end.tag, end.root] if end else [])]
    if any(len(hash_) != 32 for hash_ in hashes):
        refuse(where, "tags and hashes of 32 bytes")
    if end and not 0 < end.count < 1 << 63:
        refuse(where, "a count above 0", end.count)
    if siblings and siblings[0] == EMPTY:  # alone there, it would stand higher up
        refuse(where, "a lowest sibling that is not absent", "32 zero bytes")


def _prefix(tag: bytes, bits: int) -> int:
    return int.from_bytes(tag) >> (256 - bits)


def check_complete(leaf: Leaf, listed: Sequence[SignedEntry], where: str = "list") -> None:
    """Refuse unless `listed` are all the entries that the index, by this verified `leaf`, holds under its tag.

    In order, none left out, none put in: `count` of them, hashing to R, each carrying the tag or of the tag's kind.
    Whether an entry's own signature and place hold is judged in the ledger. Raises `Malformed`.
    """
    if len(listed) != leaf.count:
        refuse(where, f"{leaf.count} entries under tag {base64_text(leaf.tag)}", len(listed))
    found = merkle.root(signed.hash for signed in listed)
    if found != leaf.root:
        refuse(where, f"entries that hash to {base64_text(leaf.root)}", base64_text(found))
    last = -1
    for signed in listed:  # [a false index files what does not carry the tag, to hide one among many]
        entry = signed.entry
        if entry.seq <= last or leaf.tag not in tags_of(entry.kind, entry.tags):
            refuse(where, f"entries under tag {base64_text(leaf.tag)} in their order", f"entry {entry.seq}")
        last = entry.seq


def check_term(proof: IndexProof, index_keys: Mapping[int, bytes], where: str = "index proof") -> str:
    """The term that the tag of `proof` stands for, by the index keys (generation to public key) of the ledger.

    Only of this generation: after a rotation there is one proof for each key. The keys have been judged by
    `members.KeyHistory`. Raises `Malformed`.
    """
    shown = proof.unverified_shown
    if shown is None:
        refuse(where, "lines `vrf` and `term`", "none")
    if shown.generation not in index_keys:
        refuse(where, f"a generation of the index key, 1 to {len(index_keys)}", shown.generation)
    beta = vrf.verify(index_keys[shown.generation], vrf.term_input(shown.term), shown.proof, f"{where}, vrf")
    if vrf.tag(beta) != proof.tag:
        refuse(where, "the tag of its term", base64_text(proof.tag))
    return shown.term
