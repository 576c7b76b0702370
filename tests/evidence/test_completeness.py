"""Completeness proofs as files: one spelling, and every other one refused; how large one of absence is."""

from bisect import bisect
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.evidence.parts import check_place
from tests.vectors import example
from vault.evidence import completeness, entry, index_proof, sections
from vault.evidence.binding import check_index
from vault.evidence.completeness import Completeness
from vault.evidence.entry import SignedEntry
from vault.evidence.index import Leaf, Path, Tree, kind_tag
from vault.evidence.index_proof import IndexProof
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed
from vault.evidence.vouched import Placed

READ = example.complete()
GOOD = bytes(READ)
TAGS = 100_000


def test_it_reads_back() -> None:
    assert completeness.parse(GOOD) == READ


def test_the_example_holds_by_what_stands_in_it() -> None:
    signed = [entry.parse(one.leaf) for one in READ.keys]
    history = KeyHistory(READ.unverified.origin)
    for one in signed:
        history = history.after(one, "keys")
    root = check_index(entry.parse(READ.index.leaf), READ.unverified, READ.index.path)
    assert completeness.check_kinds(READ, signed, root) == 1
    none, some = completeness.check_terms(READ, shown(), root, history.vrfs)
    assert (none.term, none.entries) == ("party:lei:5493001KJTIIGC8Y1R12", ())
    assert (some.term, [one.entry.seq for one in some.entries]) == ("party:uscc:91360700MA350TESTX", [3])
    with pytest.raises(Malformed, match=r"term 2: expected 1 entries"):
        completeness.check_terms(READ, [], root, history.vrfs)
    with pytest.raises(Malformed, match="each of 2 generations"):
        completeness.check_terms(READ, shown(), root, {**history.vrfs, 2: bytes(32)})
    with pytest.raises(Malformed, match="kinds, key: expected 1 entries"):
        completeness.check_kinds(READ, signed[:1], root)
    with pytest.raises(Malformed, match="kinds, genesis"):
        completeness.check_kinds(READ, signed[1:], root)


def shown() -> list[SignedEntry]:
    return [entry.parse(one.leaf) for one in READ.listed]


PARTS = sections.parse(GOOD, completeness.FORMAT, "proof", limit=len(GOOD))
NAMES = [name for name, _ in PARTS]


def test_parts_are_those_of_the_format() -> None:
    assert " ".join(NAMES) == "key path key path index path kind kind kind term term entry path checkpoint"


def refuse(data: bytes) -> None:
    with pytest.raises(Malformed):
        completeness.parse(data)


def rebuilt(parts: list[tuple[str, str]]) -> bytes:
    return sections.render(completeness.FORMAT, parts)


@pytest.mark.parametrize("place", range(len(PARTS)))
def test_part_left_out_twice_or_elsewhere_is_refused(place: int) -> None:
    """But a term: which lists are shown is for its maker to say."""
    check_place(completeness.parse, completeness.FORMAT, PARTS, place, optional=NAMES[place] == "term")


def test_no_term_is_no_proof() -> None:
    refuse(rebuilt([part for part in PARTS if part[0] != "term"]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"completeness/v1", b"completeness/v2"), (b"\nkind 7\n", b"\nkind 07\n"), (b"\nkind 7\n", b"\nterm 7\n"),
        (b"\nindex 9\n", b"\nindex 8\n"), (b"\npath 2\n", b"\npath 1\n"), (b"\nindex 4\n", b"\nindex 04\n"),
        (b"\npath 2\n", b"\npath 0\n"),
        (b"\nentry 15\n", b"\nlist 15\n"), (b"\nentry 15\n", b"\nentry\n"), (b"\nterm 8\n", b"\nterm 99999999\n"),
        (b"\nabsent\n", b"\nnothing\n"), (b"\ncheckpoint 6\n", b"\ncheckpoint 5\n"), (b"\n5\n", b"\n05\n"),
        (b"\nvrf 1 FFRK", b"\nvrf 2 FFRK"), (b"party:lei:", b"party:LEI:"), (b"\n", b"\r\n"),
    ],
)  # fmt: skip
def test_other_spellings_are_refused(old: bytes, new: bytes) -> None:
    assert old in GOOD
    refuse(GOOD.replace(old, new, 1))


def without_shown(proof: IndexProof) -> IndexProof:
    return replace(proof, unverified_shown=None)


def generation(proof: IndexProof, number: int) -> IndexProof:
    assert proof.unverified_shown
    return replace(proof, unverified_shown=replace(proof.unverified_shown, generation=number))


NONE, SOME = READ.proofs


@pytest.mark.parametrize(
    "made",
    [
        replace(READ, proofs=(SOME, NONE)),
        replace(READ, proofs=(NONE, NONE)),
        replace(READ, proofs=(NONE, generation(SOME, 2))),
        replace(READ, proofs=(NONE, generation(NONE, 3), SOME)),
        replace(READ, proofs=(NONE, without_shown(SOME))),
        replace(READ, proofs=(NONE,) * (completeness.MAX_PROOFS + 1)),
        replace(READ, kinds=(READ.kinds[1], READ.kinds[0], READ.kinds[2])),
        replace(READ, kinds=(*READ.kinds[:2], SOME)),
        replace(READ, listed=READ.listed * 2),
        replace(READ, listed=(*READ.listed, replace(READ.listed[0], index=2))),
        replace(READ, listed=(Placed(READ.listed[0].leaf + b"x\n" * 40_000, 3, ()),)),
        replace(READ, checkpoint=b"no checkpoint\n"),
    ],
)
def test_another_order_of_terms_kinds_and_entries_is_refused(made: Completeness) -> None:
    refuse(bytes(made))


def test_a_second_generation_may_follow_the_first() -> None:
    made = replace(READ, proofs=(NONE, generation(NONE, 2), SOME))
    assert completeness.parse(bytes(made)) == made


@pytest.mark.parametrize("data", [b"", b"\n", GOOD[:-1], GOOD + b"\n", GOOD + b"x\n", GOOD[:5000]])
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    refuse(data)


def test_terms_are_in_no_error_and_no_repr() -> None:
    for old in (b"\nvrf 1 FFRK", b"\nabsent\n"):
        with pytest.raises(Malformed) as caught:
            completeness.parse(GOOD.replace(old, b"\nwrong ", 1))
        assert "5493001KJTIIGC8Y1R12" not in str(caught.value)
    assert "5493001KJTIIGC8Y1R12" not in repr(READ)


def test_absence_among_a_hundred_thousand_tags_takes_less_than_1500_bytes_without_its_vrf_proof() -> None:
    """The way of a tag ends at the latest one bit below where it leaves its nearest neighbour."""
    tags = sorted(int.from_bytes(sha256(b"%d" % number).digest()) for number in range(TAGS))
    sizes = []
    for number in range(2_000):
        absent = sha256(b"absent %d" % number).digest()
        at = bisect(tags, int.from_bytes(absent))
        shared = max(256 - (int.from_bytes(absent) ^ near).bit_length() for near in tags[max(at - 1, 0) : at + 1])
        longest = Path(Leaf(absent, TAGS, absent), (absent,) * (shared + 1))
        sizes.append(len(bytes(IndexProof(absent, longest))))
    assert 900 < max(sizes) < 1_500
    assert completeness.MAX_PROOFS * max(sizes) < completeness.MAX_FILE


def test_a_tree_has_no_longer_ways_than_that() -> None:
    tree = Tree()
    for number in range(1_000):
        tree.add("disclosure", [sha256(b"%d" % number).digest()], bytes(32))
    tags = [sha256(b"%d" % number).digest() for number in range(1_000)] + [kind_tag("disclosure")]
    for number in range(200):
        absent = sha256(b"absent %d" % number).digest()
        shared = max(256 - (int.from_bytes(absent) ^ int.from_bytes(tag)).bit_length() for tag in tags)
        proof = IndexProof(absent, tree.prove(absent))
        assert index_proof.verify(proof, tree.root) is None
        assert len(proof.unverified_path.siblings) <= shared + 1
