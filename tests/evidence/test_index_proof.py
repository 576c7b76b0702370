"""Index proofs: complete lists and absence, from parsing to the verdict; each forgery that works without its rule."""

from base64 import b64decode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import vectors
from tests.evidence import naive_merkle
from tests.evidence.ledgers import ORIGIN, index_key, tag
from tests.evidence.mutations import mutations
from tests.vectors import generate_index
from tests.vectors.generate_index import NOBODY, PARTY, filed, ledger
from vault.evidence import entry, index, index_proof
from vault.evidence.binding import check_index
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.index import Leaf, Path, Tree
from vault.evidence.index_proof import IndexProof, TermProof, check_complete, check_term, parse, verify
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.vrf import term_input


def tree() -> Tree:
    made = Tree()
    for kind, tags, hash_ in filed(ledger(), generate_index.INDEX):
        made.add(kind, tags, hash_)
    return made


TREE = tree()
KEYS = {1: index_key(ORIGIN, 1).public}


def judge(case: vectors.Case) -> None:
    """What a verifier does who knows the checkpoint and asks for one term or tag."""
    leaves = [text.encode() for text in case["entries"]]
    size, number = case["size"], case["index"]
    opened = Checkpoint(ORIGIN, size, naive_merkle.root(leaves[:size]))
    path = naive_merkle.path(number, leaves[:size])
    root = check_index(entry.parse(leaves[number]), opened, path)
    proof = parse(case["proof"].encode())
    if ":" in case["asked"]:
        assert_same(check_term(proof, {1: b64decode(case["vrf"])}), case["asked"])
    else:
        assert_same(base64_text(proof.tag), case["asked"])
    found = verify(proof, root)
    listed = [entry.parse(leaves[seq]) for seq in case["listed"]]
    if found:
        check_complete(found, listed)
    else:
        assert_same(listed, [])


def assert_same(found: object, asked: object) -> None:
    if found != asked:
        raise Malformed("what was asked for", "the same", "another")


@pytest.mark.parametrize("case", vectors.read("index"), ids=lambda case: case["name"])
def test_own_vectors(case: vectors.Case) -> None:
    if case["expect"] == "accept":
        judge(case)
        assert bytes(parse(case["proof"].encode())).decode() == case["proof"]
    else:
        with pytest.raises(Malformed):
            judge(case)


def prove(term: str) -> IndexProof:
    shown = TermProof(term, 1, index_key(ORIGIN, 1).prove(term_input(term)))
    return IndexProof(tag(term), TREE.prove(tag(term)), shown)


@pytest.mark.parametrize(("term", "name"), [(PARTY, "all entries of a term"), (NOBODY, "nothing of a term")])
def test_the_incremental_tree_proves_what_the_naive_one_does(term: str, name: str) -> None:
    (case,) = (case for case in vectors.read("index") if case["name"] == name)
    assert bytes(prove(term)).decode() == case["proof"]


@settings(max_examples=300)
@given(st.sampled_from([PARTY, NOBODY]), st.data())
def test_a_proof_changed_in_one_place_never_holds(term: str, choices: st.DataObject) -> None:
    good = bytes(prove(term))
    changed = choices.draw(mutations(good).filter(lambda data: data != good))
    with pytest.raises(Malformed):
        believe(changed, term)


def believe(data: bytes, term: str) -> Leaf | None:
    """What a proof says of a term."""
    proof = parse(data)
    assert_same(check_term(proof, KEYS), term)
    return verify(proof, TREE.root)


@given(st.binary(min_size=32, max_size=32))
def test_what_nobody_filed_is_absent(tag_: bytes) -> None:
    proof = parse(bytes(IndexProof(tag_, TREE.prove(tag_))))
    assert verify(proof, TREE.root) is None


class TestForgedAbsence:
    """The bits that count are those of the tag that was asked for."""

    def test_folding_by_the_leafs_own_bits_would_prove_it(self) -> None:
        """The attack itself: any leaf of the tree, along its own way, folds to the true root."""
        asked, other = tag(PARTY), index.kind_tag("genesis")
        path = TREE.prove(other)
        assert path.end
        assert verify(IndexProof(other, path), TREE.root) == path.end
        with pytest.raises(Malformed, match="shares"):
            verify(IndexProof(asked, path), TREE.root)

    def test_a_leaf_that_shares_all_bits_of_the_path_but_is_not_in_the_tree(self) -> None:
        asked = tag(PARTY)
        path = TREE.prove(asked)
        beside = Leaf(asked[:31] + bytes([asked[31] ^ 1]), 1, bytes(32))
        with pytest.raises(Malformed, match="index root"):
            verify(IndexProof(asked, Path(beside, path.siblings)), TREE.root)

    def test_an_absent_child_below_the_leaf(self) -> None:
        asked = tag(PARTY)
        path = TREE.prove(asked)
        assert path.end
        with pytest.raises(Malformed, match="index root"):
            verify(IndexProof(asked, Path(None, (path.end.hash, *path.siblings))), TREE.root)

    def test_the_empty_index_holds_nothing(self) -> None:
        assert verify(IndexProof(bytes(32), Tree().prove(bytes(32))), index.EMPTY) is None
        with pytest.raises(Malformed):
            verify(IndexProof(bytes(32), Path(None, ())), TREE.root)

    def test_a_leaf_of_no_entries(self) -> None:
        empty = Leaf(tag(PARTY), 0, bytes(32))
        with pytest.raises(Malformed, match="count above 0"):
            verify(IndexProof(tag(PARTY), Path(empty, ())), empty.hash)


class TestForgedCompleteness:
    def test_a_list_with_one_fewer(self) -> None:
        leaf = verify(prove(PARTY), TREE.root)
        assert leaf
        listed = [entry.parse(ledger().leaves[seq]) for seq in (2, 4, 5, 7, 8)]
        check_complete(leaf, listed)
        for left_out in range(5):
            with pytest.raises(Malformed, match=r"^list: expected 5 entries under tag .*, found 4$"):
                check_complete(leaf, listed[:left_out] + listed[left_out + 1 :])

    def test_a_false_index_that_files_an_entry_without_the_tag(self) -> None:
        """Count and R are what the owner wrote; the entry itself doesn't carry the tag."""
        signed = entry.parse(ledger().leaves[3])
        false = Tree()
        false.add("disclosure", [tag(PARTY)], signed.hash)
        leaf = verify(IndexProof(tag(PARTY), false.prove(tag(PARTY))), false.root)
        assert leaf
        with pytest.raises(Malformed, match="entry 3"):
            check_complete(leaf, [signed])

    def test_a_false_index_that_files_an_entry_twice(self) -> None:
        signed = entry.parse(ledger().leaves[2])
        false = Tree()
        false.add("disclosure", [tag(PARTY)], signed.hash)
        false.add("disclosure", [tag(PARTY)], signed.hash)
        leaf = false.prove(tag(PARTY)).end
        assert leaf
        with pytest.raises(Malformed, match="in their order"):
            check_complete(leaf, [signed, signed])


class TestTheIndexThatCounts:
    def opened(self, size: int) -> tuple[Checkpoint, list[bytes]]:
        leaves = ledger().leaves[:size]
        return Checkpoint(ORIGIN, size, naive_merkle.root(leaves)), leaves

    def test_is_the_last_leaf(self) -> None:
        opened, leaves = self.opened(10)
        assert check_index(entry.parse(leaves[9]), opened, naive_merkle.path(9, leaves)) == TREE.root

    def test_an_older_one_does_not_count_though_it_is_in_the_tree(self) -> None:
        opened, leaves = self.opened(10)
        with pytest.raises(Malformed, match="the last entry of checkpoint 10, found 'entry 6'"):
            check_index(entry.parse(leaves[6]), opened, naive_merkle.path(6, leaves))

    def test_one_that_is_not_in_the_tree_does_not_count(self) -> None:
        opened, leaves = self.opened(10)
        shown = entry.parse(leaves[9])
        for forged in (shown._replace(hash=bytes(32)), entry.parse(ledger().sign(shown.entry, by="m2"))):
            with pytest.raises(Malformed, match="root"):
                check_index(forged, opened, naive_merkle.path(9, leaves))

    def test_another_kind_or_another_ledger_does_not_count(self) -> None:
        opened, leaves = self.opened(10)
        with pytest.raises(Malformed, match="an index entry of"):
            check_index(entry.parse(leaves[8]), opened, [])
        with pytest.raises(Malformed, match="an index entry of"):
            check_index(entry.parse(leaves[9]), opened._replace(origin="other.example"), [])


def test_absence_takes_less_than_1500_bytes_where_there_are_100_000_tags() -> None:
    """17 levels are full, and a path is seldom more than six longer."""
    siblings = (bytes(range(32)),) * 24
    beside = Leaf(bytes(32), 10**6, bytes(32))
    assert len(bytes(IndexProof(bytes(32), Path(beside, siblings)))) < 1_500


def test_largest_proof_is_read_and_no_larger_one() -> None:
    shown = TermProof("party-name:CN:" + "a" * 4_082, 1, bytes(80))
    path = Path(Leaf(bytes(32), 2**63 - 1, bytes(32)), (bytes(range(32)),) * 255)
    largest = IndexProof(bytes(32), path, shown)
    assert len(bytes(largest)) < index_proof.MAX_PROOF
    assert parse(bytes(largest)) == largest
    with pytest.raises(Malformed, match="at most 255 siblings, found 256"):
        parse(bytes(replace(largest, unverified_path=Path(path.end, (*path.siblings, bytes(32))))))
    with pytest.raises(Malformed, match="at most 255 siblings"):
        verify(IndexProof(bytes(32), Path(None, (bytes(range(32)),) * 256)), bytes(32))


def test_hashes_have_32_bytes_also_where_no_parser_has_read_them() -> None:
    for path in (Path(None, (b"",)), Path(Leaf(bytes(31), 1, bytes(32)), ()), Path(Leaf(bytes(32), 1, b""), ())):
        with pytest.raises(Malformed, match="32 bytes"):
            verify(IndexProof(bytes(32), path), bytes(32))


def test_terms_are_in_no_repr() -> None:
    assert PARTY not in repr(prove(PARTY))
