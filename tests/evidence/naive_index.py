"""The index as docs/format/index.md defines it, by plain recursion over all entries: a check on the incremental one."""

from collections.abc import Sequence
from hashlib import sha256

from tests.evidence import naive_merkle

ABSENT = bytes(32)

Entry = tuple[str, Sequence[bytes], bytes]
"""Kind, tags, leaf hash."""
Leaf = tuple[bytes, int, bytes]
"""Tag, count, R."""


def bits(tag: bytes) -> str:
    """All 256 of them."""
    return "".join(f"{byte:08b}" for byte in tag)


def kind_tag(kind: str) -> bytes:
    """What every entry of a kind stands under."""
    return sha256(b"disclosure-vault/kind/v1\n" + kind.encode()).digest()


def leaves(entries: Sequence[Entry]) -> dict[str, Leaf]:
    """By the bits of the tag."""
    lists: dict[bytes, list[bytes]] = {}
    for kind, tags, hash_ in entries:
        for tag in {*tags, kind_tag(kind)}:
            lists.setdefault(tag, []).append(hash_)
    return {bits(tag): (tag, len(hashes), naive_merkle.root(hashes)) for tag, hashes in lists.items()}


def leaf_hash(leaf: Leaf) -> bytes:
    """Of one tag."""
    tag, count, root = leaf
    return sha256(b"\x02" + tag + count.to_bytes(8, "big") + root).digest()


def subtree(below: dict[str, Leaf], prefix: str) -> bytes:
    """The hash over the tags that begin with these bits."""
    here = {name: leaf for name, leaf in below.items() if name.startswith(prefix)}
    if not here:
        return ABSENT
    if len(here) == 1:
        return leaf_hash(*here.values())
    return sha256(b"\x03" + subtree(here, prefix + "0") + subtree(here, prefix + "1")).digest()


def root(entries: Sequence[Entry]) -> bytes:
    """Of the whole index."""
    return subtree(leaves(entries), "")


def path(entries: Sequence[Entry], tag: bytes) -> tuple[Leaf | None, list[bytes]]:
    """The leaf where the way of a tag ends, if it ends in one, and the siblings from there up."""
    below, way, prefix = leaves(entries), bits(tag), ""
    siblings: list[bytes] = []
    while len([name for name in below if name.startswith(prefix)]) > 1:
        turn = way[len(prefix)]
        siblings.append(subtree(below, prefix + ("1" if turn == "0" else "0")))
        prefix += turn
    end = next((leaf for name, leaf in below.items() if name.startswith(prefix)), None)
    return end, siblings[::-1]
