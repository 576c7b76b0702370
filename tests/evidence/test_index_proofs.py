"""Many index proofs in one file: whatever is written reads back, what neighbours share stands there once."""

from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.mutations import mutations
from vault.evidence import index_proof, index_proofs
from vault.evidence.index import Leaf, Path, Tree
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.strict import Malformed, base64_text


def hashed(word: object) -> bytes:
    return sha256(str(word).encode()).digest()


def tree(count: int = 200) -> Tree:
    made = Tree()
    for number in range(count):
        made.add("disclosure", [hashed(number)], hashed(-number))
    return made


TREE = tree()
PROOFS = sorted(
    (
        IndexProof(hashed(n), TREE.prove(hashed(n)), TermProof(f"entry:{n}", 1, bytes([n]) * 80))
        for n in range(0, 220, 9)
    ),
    key=lambda one: one.tag,
)
GOOD = index_proofs.render(PROOFS)


def test_they_read_back_whatever_order_they_were_given_in() -> None:
    assert index_proofs.parse(GOOD) == PROOFS
    assert index_proofs.render(PROOFS[::-1]) == GOOD
    for one in index_proofs.parse(GOOD):
        index_proof.verify(one, TREE.root)


def test_shared_siblings_stand_there_once() -> None:
    alone = sum(len(bytes(one)) for one in PROOFS)
    assert len(GOOD) < 0.9 * alone
    assert GOOD.count(b"\nshared ") >= len(PROOFS) - 2


def test_none_is_a_file_too() -> None:
    assert index_proofs.render([]) == b"disclosure-vault/index-proofs/v1\n"
    assert index_proofs.parse(index_proofs.render([])) == []


def refuse(data: bytes) -> None:
    with pytest.raises(Malformed):
        index_proofs.parse(data)


TAGS = [at for at in range(len(GOOD)) if GOOD.startswith(b"tag ", at)]


def test_another_order_or_the_same_twice_is_refused() -> None:
    first, second, third = (GOOD[a:b] for a, b in pairwise(TAGS[:4]))
    head, rest = GOOD[: TAGS[0]], GOOD[TAGS[3] :]
    refuse(head + second + first + third + rest)
    refuse(head + first + first + second + third + rest)


@pytest.mark.parametrize("change", [1, -1])
def test_another_number_of_shared_siblings_is_another_path(change: int) -> None:
    at = GOOD.index(b"\nshared ") + 8
    number = int(GOOD[at : GOOD.index(b"\n", at)])
    data = GOOD[:at] + b"%d" % (number + change) + GOOD[GOOD.index(b"\n", at) :]

    def verified() -> None:
        for one in index_proofs.parse(data):
            index_proof.verify(one, TREE.root)

    with pytest.raises(Malformed):
        verified()


def test_what_could_be_shared_may_not_be_spelled_out() -> None:
    plain = [b"disclosure-vault/index-proofs/v1\n"]
    plain += [bytes(one).split(b"\n", 1)[1] for one in PROOFS]
    refuse(b"".join(plain))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"index-proofs/v1", b"index-proofs/v2"),
        (b"index-proofs/v1", b"index-proof/v1"),
        (b"\nshared ", b"\nshared 0"),
        (b"\nshared ", b"\nshared  "),
        (b"\nshared ", b"\nshared -"),
        (b"\nshared ", b"\nshared 99"),
        (b"\n", b"\r\n"),
        (b"\ntag ", b"\ntag  "),
        (b"\ntag ", b"\n tag "),
        (b"\nvrf 1 ", b"\nvrf 0 "),
        (b"\nvrf 1 ", b"\nvrf 01 "),
        (b"term entry:", b"term  entry:"),
        (b"leaf ", b"leaf  "),
        (b"\nabsent\n", b"\nabsent \n"),
    ],
)
def test_other_spellings_are_refused(old: bytes, new: bytes) -> None:
    assert old in GOOD
    refuse(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("data", [b"", b"\n", GOOD[:-1], GOOD + b"\n", GOOD + b"x", GOOD[: TAGS[1] - 5], b"\xff"])
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    refuse(data)


def test_the_first_proof_shares_with_nobody() -> None:
    one = bytes(PROOFS[0]).split(b"\n", 1)[1]
    refuse(b"disclosure-vault/index-proofs/v1\n" + one + b"shared 1\n")


@given(mutations(GOOD))
def test_a_mutation_is_refused_or_reads_as_another(data: bytes) -> None:
    try:
        read = index_proofs.parse(data)
    except Malformed:
        return
    assert index_proofs.render(read) == data


hashes = st.binary(min_size=32, max_size=32)
leaves = st.builds(Leaf, hashes, st.integers(1, 99), hashes)
few = st.sampled_from([bytes([n]) * 32 for n in range(1, 4)])  # so that neighbours share some
paths = st.builds(lambda end, siblings: Path(end, tuple(siblings)), st.none() | leaves, st.lists(few, max_size=12))
names = st.sampled_from(["entry:7", "party-name:CN:shared 3", "party-name:CN:tag", "matter:absent:leaf", "class:x"])
shown = st.none() | st.builds(TermProof, names, st.integers(1, 9), st.binary(min_size=80, max_size=80))


@given(st.lists(st.builds(IndexProof, hashes, paths, shown), max_size=8, unique_by=lambda one: one.tag))
def test_whatever_is_written_reads_back(made: list[IndexProof]) -> None:
    assert index_proofs.parse(index_proofs.render(made)) == sorted(made, key=lambda one: one.tag)


TERMS = sorted((one.tag, one.unverified_shown) for one in PROOFS if one.unverified_shown)
ALONE = index_proofs.render_terms(TERMS)


def test_terms_alone_read_back() -> None:
    assert index_proofs.parse_terms(ALONE) == TERMS
    assert index_proofs.render_terms(TERMS[::-1]) == ALONE


@pytest.mark.parametrize(
    "data",
    [
        ALONE[:-1],
        ALONE + b"absent\n",
        ALONE.replace(b"vrf 1 ", b"vrf 2 x", 1),
        GOOD,
        b"",
        b"x" + ALONE,
        b"disclosure-vault/index-proofs/v1\ntag " + base64_text(bytes(32)).encode() + b"\n",
        ALONE.replace(b"\nterm ", b"\n", 1),
        ALONE.replace(b"\ntag ", b"\nshared 0\ntag ", 1),
    ],
)
def test_terms_alone_are_refused_in_any_other_spelling(data: bytes) -> None:
    with pytest.raises(Malformed):
        index_proofs.parse_terms(data)


def test_a_proof_too_many_siblings_is_refused() -> None:
    many = replace(PROOFS[0], unverified_path=Path(None, (bytes([1]) * 32,) * 256))
    refuse(index_proofs.render([many]))
