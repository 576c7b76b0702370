"""The incremental index is the naive one, whatever is added and whenever its root is asked for."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence import naive_index as naive
from vault.evidence import index
from vault.evidence.index import Tree


def near(tag: bytes, bit: int) -> bytes:
    """The tag with one bit turned."""
    return (int.from_bytes(tag) ^ 1 << (255 - bit)).to_bytes(32)


FAR = [sha256(b"%d" % number).digest() for number in range(12)]
POOL = [*FAR, *(near(FAR[0], bit) for bit in (0, 7, 8, 130, 250, 254, 255)), bytes(32), b"\xff" * 32]
ABSENT = [sha256(b"absent %d" % number).digest() for number in range(4)] + [near(FAR[1], 255), near(FAR[0], 253)]
TAGS = st.lists(st.sampled_from(POOL), max_size=6, unique=True).map(sorted)
ENTRIES = st.lists(
    st.tuples(st.sampled_from(["disclosure", "party"]), TAGS, st.binary(min_size=32, max_size=32)), max_size=9
)


@given(ENTRIES, st.sets(st.integers(0, 9)))
def test_root_is_the_naive_one_at_every_size(entries: list[naive.Entry], asked: set[int]) -> None:
    """Asked at some sizes only: what was added in between is hashed together."""
    tree = Tree()
    for size, entry in enumerate(entries):
        if size in asked:
            assert tree.root == naive.root(entries[:size])
        tree.add(*entry)
    assert tree.root == naive.root(entries)
    assert tree.size == len(entries)


@given(ENTRIES, st.booleans())
def test_paths_are_the_naive_ones(entries: list[naive.Entry], root_first: bool) -> None:
    tree = Tree()
    for entry in entries:
        tree.add(*entry)
    if root_first:
        assert tree.root
    for tag in [*POOL, *ABSENT, index.kind_tag("party"), index.kind_tag("hold")]:
        path, (end, siblings) = tree.prove(tag), naive.path(entries, tag)
        assert (path.end and (path.end.tag, path.end.count, path.end.root)) == end
        assert list(path.siblings) == siblings


def test_nothing_is_zero() -> None:
    assert Tree().root == bytes(32)


def test_one_tag_is_its_leaf() -> None:
    tree = Tree()
    tree.add("genesis", [], bytes(32))
    path = tree.prove(index.kind_tag("genesis"))
    assert path.end
    assert (path.end.hash, path.siblings) == (tree.root, ())


def test_kind_that_an_entry_carries_as_a_tag_too_counts_once() -> None:
    twice, once = Tree(), Tree()
    twice.add("party", [index.kind_tag("party")], bytes(32))
    once.add("party", [], bytes(32))
    assert twice.root == once.root


def test_leaf_that_cannot_be_read_stands_under_no_tag() -> None:
    tree = Tree()
    tree.add("genesis", [], bytes(32))
    before = tree.root
    tree.skip()
    assert (tree.root, tree.size) == (before, 2)


@pytest.mark.parametrize("depth", [1, 8, 254, 255])
def test_two_tags_that_share_many_bits_take_no_node_for_each(depth: int) -> None:
    tree = Tree()
    tree.add("party", [FAR[0], near(FAR[0], depth)], bytes(32))
    assert len(tree.prove(FAR[0]).siblings) == depth + 1
    assert tree.root == naive.root([("party", [FAR[0], near(FAR[0], depth)], bytes(32))])
