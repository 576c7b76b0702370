"""The tree against RFC 6962's own words, the vectors of others, and another library."""

import json
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import shared_data
from tests.evidence import naive_merkle as naive
from tests.evidence.trees import nodes_over
from vault.evidence import merkle
from vault.evidence.strict import Malformed

LEAVES = [b"entry-%d\n" % number for number in range(150)]


HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
NODE = nodes_over(HASHES)
ROOTS = [naive.root(LEAVES[:size]) for size in range(len(LEAVES) + 1)]

# RFC 6962's test tree in the public certificate-transparency code: eight leaves in hex, the roots of sizes 0 to 8.
RFC_6962_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
RFC_6962_ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
RFC_6962_ROOTS = [
    "e3b0c442",
    "6e340b9c",
    "fac54203",
    "aeb6bcfe",
    "d37ee418",
    "4e3bbb1f",
    "76e67dad",
    "ddb89be4",
    "5dc9da79",
]


def test_rfc_6962_tree_of_eight_has_its_roots() -> None:
    leaves = [bytes.fromhex(leaf) for leaf in RFC_6962_LEAVES]
    assert [merkle.root(leaves[:size]).hex()[:8] for size in range(9)] == RFC_6962_ROOTS
    assert merkle.root(leaves).hex() == RFC_6962_ROOT_OF_8


def test_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]) == merkle.EMPTY_ROOT == sha256(b"").digest()
    assert merkle.root_of_hashes([]) == merkle.fold_peaks([]) == merkle.EMPTY_ROOT


def test_leaf_and_node_are_hashed_apart() -> None:
    left, right = merkle.leaf_hash(b"l"), merkle.leaf_hash(b"r")
    assert merkle.node_hash(left, right) != merkle.leaf_hash(left + right)


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_root_of_every_size_is_the_naive_one(size: int) -> None:
    assert merkle.root(iter(LEAVES[:size])) == ROOTS[size]
    assert merkle.root_of_hashes(HASHES[:size]) == ROOTS[size]
    assert merkle.fold_peaks(merkle.peaks_at(size, NODE)) == ROOTS[size]


def test_peaks_stand_largest_first() -> None:
    assert merkle.peaks_at(13, NODE) == [NODE(3, 0), NODE(2, 2), NODE(0, 12)]


def test_append_returns_the_subtrees_it_completes() -> None:
    peaks = merkle.peaks_at(7, NODE)
    assert merkle.append(peaks, 7, HASHES[7]) == [NODE(0, 7), NODE(1, 3), NODE(2, 1), NODE(3, 0)]
    assert peaks == [NODE(3, 0)]
    assert merkle.append(peaks, 8, HASHES[8]) == [HASHES[8]]
    assert peaks == [NODE(3, 0), HASHES[8]]


@pytest.mark.parametrize("size", range(1, 131, 3))
def test_root_is_that_of_pymerkle(size: int) -> None:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in LEAVES[:size]:
        tree.append_entry(leaf)
    assert merkle.root(LEAVES[:size]) == tree.get_root()


@pytest.mark.parametrize("size", range(1, 71))
def test_inclusion_proof_of_every_leaf_is_the_naive_one_and_holds_for_it_alone(size: int) -> None:
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, NODE)
        assert proof == naive.path(index, LEAVES[:size])
        merkle.check_inclusion(HASHES[index], index, size, proof, ROOTS[size])
        for other in range(size):
            if other != index:
                refuses(merkle.check_inclusion, HASHES[index], other, size, proof, ROOTS[size])


@pytest.mark.parametrize("new", range(1, 71))
def test_consistency_proof_of_every_size_is_the_naive_one_and_holds_for_it_alone(new: int) -> None:
    for old in range(1, new + 1):
        proof = merkle.consistency_proof(old, new, NODE)
        assert proof == naive.proof(old, LEAVES[:new])
        merkle.check_consistency(old, new, proof, ROOTS[old], ROOTS[new])
        for other in range(new + 1):
            if other != old:
                refuses(merkle.check_consistency, other, new, proof, ROOTS[other], ROOTS[new])


@pytest.mark.parametrize("size", [0, 1, 7])
def test_no_inclusion_proof_for_a_leaf_outside(size: int) -> None:
    for index in (-1, size):
        with pytest.raises(ValueError, match="not in a tree"):
            merkle.inclusion_proof(index, size, NODE)
        refuses(merkle.check_inclusion, HASHES[0], index, size, [], ROOTS[size])


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 7), (-1, 7), (8, 7)])
def test_no_consistency_proof_between_such_sizes(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no consistency proof"):
        merkle.consistency_proof(old, new, NODE)
    refuses(merkle.check_consistency, old, new, [], ROOTS[old], ROOTS[new])


@given(st.integers(1, 150), st.data())
def test_changed_inclusion_proof_is_refused(size: int, choices: st.DataObject) -> None:
    index = choices.draw(st.integers(0, size - 1))
    changed = choices.draw(changes_of(merkle.inclusion_proof(index, size, NODE)))
    refuses(merkle.check_inclusion, HASHES[index], index, size, changed, ROOTS[size])


@given(st.integers(1, 150), st.data())
def test_changed_consistency_proof_is_refused(new: int, choices: st.DataObject) -> None:
    old = choices.draw(st.integers(1, new))
    changed = choices.draw(changes_of(merkle.consistency_proof(old, new, NODE)))
    refuses(merkle.check_consistency, old, new, changed, ROOTS[old], ROOTS[new])


def changes_of(proof: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """The proof with one hash changed, cut, left out or put in."""
    place = st.integers(0, len(proof))
    hash_ = st.binary(min_size=32, max_size=32)
    longer = st.builds(lambda at, new: [*proof[:at], new, *proof[at:]], place, hash_)
    if not proof:
        return longer
    place = st.integers(0, len(proof) - 1)
    shorter = place.map(lambda at: [*proof[:at], *proof[at + 1 :]])
    other = st.builds(lambda at, new: [*proof[:at], new, *proof[at + 1 :]], place, hash_)
    cut = place.map(lambda at: [*proof[:at], proof[at][:31], *proof[at + 1 :]])
    return st.one_of(longer, shorter, other, cut)


def test_inner_node_is_no_leaf() -> None:
    # The root of the left half shown as leaf 0 of a tree of two: only an unhashed prefix would allow it.
    right = NODE(1, 1)
    merkle.check_inclusion(NODE(1, 0), 0, 2, [right], ROOTS[4])  # a bare hash can pose: callers hash leaves themselves
    refuses(merkle.check_inclusion, merkle.leaf_hash(HASHES[0] + HASHES[1]), 0, 2, [right], ROOTS[4])


@pytest.mark.parametrize("bad", [b"", bytes(12), bytes(31), bytes(33)])
def test_hash_of_another_size_is_refused_wherever_it_stands(bad: bytes) -> None:
    refuses(merkle.check_inclusion, bad, 0, 1, [], bad)
    refuses(merkle.check_inclusion, HASHES[0], 0, 2, [bad], merkle.node_hash(HASHES[0], bad))
    refuses(merkle.check_consistency, 1, 1, [], bad, bad)
    refuses(merkle.check_consistency, 1, 2, [bad], HASHES[0], merkle.node_hash(HASHES[0], bad))


def test_consistency_between_equal_sizes_is_equality() -> None:
    merkle.check_consistency(5, 5, [], ROOTS[5], ROOTS[5])
    refuses(merkle.check_consistency, 5, 5, [], ROOTS[5], ROOTS[4])
    refuses(merkle.check_consistency, 5, 5, [ROOTS[5]], ROOTS[5], ROOTS[5])


def test_consistency_binds_both_roots() -> None:
    proof = merkle.consistency_proof(5, 7, NODE)
    refuses(merkle.check_consistency, 5, 7, proof, ROOTS[4], ROOTS[7])
    refuses(merkle.check_consistency, 5, 7, proof, ROOTS[5], ROOTS[6])
    refuses(merkle.check_consistency, 3, 7, [], ROOTS[3], ROOTS[7])
    refuses(merkle.check_consistency, 4, 7, [], ROOTS[4], ROOTS[7])


def test_error_says_what_is_wrong_and_where() -> None:
    proof = merkle.inclusion_proof(3, 7, NODE)
    with pytest.raises(Malformed, match=f"^entry 3: expected root {ROOTS[7].hex()}, found '[0-9a-f]{{64}}'$"):
        merkle.check_inclusion(HASHES[4], 3, 7, proof, ROOTS[7], "entry 3")
    with pytest.raises(Malformed, match=r"^inclusion proof: expected a leaf number below the size 7, found 7$"):
        merkle.check_inclusion(HASHES[4], 7, 7, proof, ROOTS[7])
    with pytest.raises(Malformed, match=r"^inclusion proof: .*no more hashes than the path is long, found '4 hashes'"):
        merkle.check_inclusion(HASHES[3], 3, 7, [*proof, ROOTS[1]], ROOTS[7])
    with pytest.raises(Malformed, match=r"^consistency proof: expected at least one hash, found 'none'$"):
        merkle.check_consistency(3, 7, [], ROOTS[3], ROOTS[7])
    with pytest.raises(Malformed, match=r"^peer: .*as many hashes as the path is long, found '0 hashes'"):
        merkle.check_consistency(3, 7, [ROOTS[1]], ROOTS[3], ROOTS[7], "peer")


def test_largest_trees_are_climbed() -> None:
    """A tree of 2^63 - 1 equal leaves: its perfect subtrees are known by their level alone."""
    perfect = [HASHES[0]]
    while len(perfect) < 63:
        perfect.append(merkle.node_hash(perfect[-1], perfect[-1]))

    def node(level: int, index: int) -> bytes:
        return perfect[level]

    new = 2**63 - 1
    root = merkle.fold_peaks(merkle.peaks_at(new, node))
    for index in (0, 1, 2**62 - 1, 2**62, new - 2, new - 1):
        proof = merkle.inclusion_proof(index, new, node)
        assert len(proof) <= merkle.MAX_PROOF
        merkle.check_inclusion(HASHES[0], index, new, proof, root)
    for old in (1, 2, 3, 2**62 - 1, 2**62, 2**62 + 1, new - 1):
        proof = merkle.consistency_proof(old, new, node)
        merkle.check_consistency(old, new, proof, merkle.fold_peaks(merkle.peaks_at(old, node)), root)


def test_accumulated_subtree_vectors() -> None:
    """draft-ietf-plants-merkle-tree-certs, appendix C.1: a hash over all subtrees and inclusion proofs to 130."""
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(130)]
    node = nodes_over(leaves)
    hashes, proofs = sha256(), sha256()
    for end in range(131):
        for start in range(end + 1):
            size = end - start
            if size and start % (1 << (size - 1).bit_length()):
                continue
            root = merkle.subtree_root(start, end, node) if size else merkle.EMPTY_ROOT
            hashes.update(f"[{start}, {end}) {root.hex()}\n".encode())
            for index in range(start, end):
                proof = merkle.inclusion_proof(index - start, size, shifted(node, start))
                merkle.check_inclusion(leaves[index], index - start, size, proof, root)
                proofs.update(" ".join([f"{index} [{start}, {end})", *(h.hex() for h in proof)]).encode() + b"\n")
    assert hashes.hexdigest() == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
    assert proofs.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


def shifted(node: merkle.Node, start: int) -> merkle.Node:
    """The nodes of a tree whose first leaf is number `start` of another, aligned to its size."""
    return lambda level, index: node(level, (start >> level) + index)


# Accepts roots of 12 bytes ("don't care 2"); here what isn't a hash is refused, as it is with no bytes at all.
NOT_EXPRESSIBLE = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"


def public_cases(kind: str) -> dict[str, dict[str, object]]:
    folder = shared_data("merkle-testdata") / "testdata"
    return {str(path.relative_to(folder)): json.loads(path.read_bytes()) for path in sorted(_files(folder / kind))}


def _files(folder: Path) -> list[Path]:
    return list(folder.rglob("*.json"))


def test_public_inclusion_vectors() -> None:
    wrong = []
    cases = public_cases("inclusion")
    for name, case in cases.items():
        leaf, root = b64decode(str(case["leafHash"])), b64decode(str(case["root"]))
        arguments = (leaf, case["leafIdx"], case["treeSize"], hashes_of(case), root)
        if refused(merkle.check_inclusion, *arguments) != case["wantErr"]:
            wrong.append(name)
    assert not wrong
    assert len(cases) == 98


def test_public_consistency_vectors() -> None:
    wrong = []
    cases = public_cases("consistency")
    for name, case in cases.items():
        roots = b64decode(str(case["root1"])), b64decode(str(case["root2"]))
        arguments = (case["size1"], case["size2"], hashes_of(case), *roots)
        expected = True if name == NOT_EXPRESSIBLE else case["wantErr"]
        # Nothing is before nothing: the vectors refuse size 0 throughout, and so does the function.
        if refused(merkle.check_consistency, *arguments) != expected:
            wrong.append(name)
    assert not wrong
    assert len(cases) == 98
    assert len(b64decode(str(cases[NOT_EXPRESSIBLE]["root1"]))) == 12


@pytest.mark.parametrize(
    ("request_file", "old"), [("add-checkpoint.request", 256), ("add-checkpoint.request-old100", 100)]
)
def test_example_log_grew_consistently(request_file: str, old: int) -> None:
    lines = (shared_data("tlog-example") / request_file).read_text().split("\n")
    assert lines[0] == f"old {old}"
    proof = [b64decode(line) for line in lines[1 : lines.index("")]]
    leaves = [b"entry-%d\n" % number for number in range(300)]
    merkle.check_consistency(old, 300, proof, merkle.root(leaves[:old]), merkle.root(leaves))
    assert proof == naive.proof(old, leaves)


def hashes_of(case: dict[str, object]) -> list[bytes]:
    proof = case["proof"] or []
    assert isinstance(proof, list)
    return [b64decode(encoded) for encoded in proof]


def refused(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except Malformed:
        return True
    return False


def refuses(check: Callable[..., None], *arguments: object) -> None:
    assert refused(check, *arguments)
