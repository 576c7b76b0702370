"""Receipts and consistency proofs as files: one spelling, and every other one refused."""

import pytest

from tests.evidence.ledgers import Ledger
from tests.evidence.parts import check_place
from tests.evidence.trees import nodes_over
from tests.vectors import example
from vault.evidence import consistency, merkle, receipt, sections, vouched
from vault.evidence.consistency import Consistency
from vault.evidence.strict import Malformed
from vault.evidence.vouched import Placed

GOOD = bytes(example.receipt())


def key_entries(ledger: Ledger, seqs: tuple[int, ...] = (0, 1)) -> tuple[Placed, ...]:
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in ledger.leaves])
    return tuple(Placed(ledger.leaves[s], s, tuple(merkle.inclusion_proof(s, ledger.size, node))) for s in seqs)


def consistent(old: int = 2) -> Consistency:
    ledger = example.ledger()
    early = Ledger(ledger.origin, ledger.leaves[:old]).checkpoint()
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in ledger.leaves])
    return Consistency(
        key_entries(ledger), early, example.checkpoint(), tuple(merkle.consistency_proof(old, ledger.size, node))
    )


BETWEEN = bytes(consistent())


def test_receipt_reads_back() -> None:
    assert receipt.parse(GOOD) == example.receipt()
    assert bytes(receipt.parse(GOOD)) == GOOD


@pytest.mark.parametrize("old", [1, 2, 3, 4])
def test_consistency_reads_back(old: int) -> None:
    made = consistent(old)
    assert consistency.parse(bytes(made)) == made


LINES = GOOD.decode().split("\n")
SECTIONS = sections.parse(GOOD, receipt.FORMAT, "receipt", limit=len(GOOD))
NAMES = [name for name, _ in SECTIONS]


def test_parts_are_those_of_the_format() -> None:
    assert NAMES == ["key", "path", "key", "path", "entry", "record", "vrf", "proof"]


@pytest.mark.parametrize("place", range(len(SECTIONS)), ids=NAMES)
def test_part_left_out_twice_or_elsewhere_is_refused(place: int) -> None:
    """But the second key entry, with its path, which may be left out, and the VRF proofs."""
    check_place(receipt.parse, receipt.FORMAT, SECTIONS, place, optional=NAMES[place] == "vrf")


def refuse(data: bytes) -> None:
    with pytest.raises(Malformed):
        receipt.parse(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"receipt/v1", b"receipt/v2"), (b"\nentry 15\n", b"\nentry 16\n"), (b"\nentry 15\n", b"\nentry 015\n"),
        (b"\nentry 15\n", b"\nentry\n"), (b"\nentry 15\n", b"\nentry 99999999\n"), (b"\nindex 0\n", b"\nindex 00\n"),
        (b"\npath 3\nindex 0\n", b"\npath 0\nindex 0\n"),
        (b"\nindex 0\n", b"\nplace 0\n"), (b"\nterm.1 1 ", b"\nterm.2 1 "), (b"\nterm.1 1 ", b"\nterm.9 1 "),
        (b"\nterm.1 1 ", b"\nterm.1 01 "), (b"\nterm.1 1 ", b"\nterm.1  1 "), (b"\n- term.2 ", b"\n+ term.2 "),
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"), (b"\nindex 3\n", b"\nindex 03\n"), (b"\n", b"\r\n"),
    ],
)  # fmt: skip
def test_other_spellings_are_refused(old: bytes, new: bytes) -> None:
    assert old in GOOD
    refuse(GOOD.replace(old, new, 1))


WRONG = (b"", b"\n", GOOD[:-1], GOOD + b"\n", GOOD + b"x\n", GOOD[:5000], GOOD.replace(b"a", b"\xff", 1))


@pytest.mark.parametrize("data", WRONG)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    refuse(data)


def test_history_is_that_of_the_key_entries_below_a_number() -> None:
    tree = example.ledger().tree()
    keys = key_entries(example.ledger())
    assert set(vouched.history(keys, tree, 1, "keys").members) == {"m1"}
    assert set(vouched.history(keys, tree, 4, "keys").members) == {"m1", "m2"}


@pytest.mark.parametrize(
    "keys",
    [
        key_entries(example.ledger(), (1, 0)),
        key_entries(example.ledger(), (0, 0)),
        key_entries(example.ledger(), (1,)),
        key_entries(example.ledger(), (0, 2)),  # an approval is no key entry
        (Placed(example.ledger().leaves[0], 1, key_entries(example.ledger())[1].path),),
        (Placed(example.ledger().leaves[0], 0, ()),),
        (Placed(b"no entry\n", 0, key_entries(example.ledger())[0].path),),
    ],
)
def test_key_entries_that_do_not_stand_there_are_refused(keys: tuple[Placed, ...]) -> None:
    with pytest.raises(Malformed):
        vouched.history(keys, example.ledger().tree(), 4, "keys")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"/v1", b"/v2"), (b"\nold ", b"\nnew "), (b"\nhashes 1\n", b"\nhashes 0\n"), (b"\nhashes 1\n", b"\n"),
     (b"\n2\n", b"\n02\n")],
)  # fmt: skip
def test_other_spellings_of_consistency_are_refused(old: bytes, new: bytes) -> None:
    assert old in BETWEEN
    with pytest.raises(Malformed):
        consistency.parse(BETWEEN.replace(old, new, 1))
