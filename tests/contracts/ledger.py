"""What every ledger store keeps to; each implementation's test inherits this and provides the fixture `store`."""

from contextlib import suppress

import pytest

from vault.errors import Damaged, Unavailable
from vault.evidence import merkle
from vault.evidence.merkle import leaf_hash
from vault.ledger.store import Head, HeadMoved, LedgerStore, NewEntry, SealedRecord

SEALED = SealedRecord(b"sealed", bytes(72), 3)


def leaf(number: int) -> bytes:
    return b"leaf %d" % number


def new(number: int, record: SealedRecord | None = None) -> NewEntry:
    return NewEntry("disclosure" if number else "genesis", leaf(number), record)


class LedgerContract:
    def grow(self, store: LedgerStore, size: int, batch: int = 1) -> None:
        for start in range(store.head().size, size, batch):
            with store.appending():
                store.append(store.head(), [new(number) for number in range(start, min(start + batch, size))])

    def test_a_new_ledger_is_the_empty_tree(self, store: LedgerStore) -> None:
        assert store.head() == Head(0, merkle.EMPTY_ROOT)
        assert list(store.leaves()) == []

    def test_append_returns_the_head_that_is_there_afterwards(self, store: LedgerStore) -> None:
        with store.appending():
            head = store.append(Head(), [new(0), new(1)])
        assert head == Head(2, leaf_hash(leaf(1))) == store.head()

    def test_appending_nothing_changes_nothing(self, store: LedgerStore) -> None:
        self.grow(store, 3)
        before = store.head()
        with store.appending():
            assert store.append(before, []) == before
        assert store.head() == before

    @pytest.mark.parametrize("expected", [Head(), Head(1, leaf_hash(b"other")), Head(2, leaf_hash(leaf(0)))])
    def test_another_head_than_expected_is_refused_as_repeatable(self, store: LedgerStore, expected: Head) -> None:
        self.grow(store, 1)
        with pytest.raises(HeadMoved), store.appending():
            store.append(expected, [new(1)])
        assert store.head().size == 1
        assert issubclass(HeadMoved, Unavailable)

    def test_an_exception_takes_back_all_that_was_appended_inside(self, store: LedgerStore) -> None:
        self.grow(store, 5)
        before = store.head()
        with suppress(KeyboardInterrupt), store.appending():
            store.append(store.head(), [new(5), new(6, SEALED)])
            store.append(store.head(), [new(7)])
            raise KeyboardInterrupt
        assert store.head() == before
        assert list(store.leaves()) == [leaf(number) for number in range(5)]
        assert store.record(6) is None
        self.grow(store, 8)
        assert list(store.leaves()) == [leaf(number) for number in range(8)]

    def test_leaves_come_back_in_order_and_in_ranges(self, store: LedgerStore) -> None:
        self.grow(store, 9, batch=4)
        assert list(store.leaves()) == [leaf(number) for number in range(9)]
        assert list(store.leaves(3, 5)) == [leaf(3), leaf(4)]
        assert list(store.leaves(7)) == [leaf(7), leaf(8)]
        assert list(store.leaves(4, 4)) == []

    def test_a_leaf_beyond_the_end_is_damage(self, store: LedgerStore) -> None:
        self.grow(store, 2)
        with pytest.raises(Damaged, match="entry 2 is missing"):
            list(store.leaves(1, 3))

    @pytest.mark.parametrize("batch", [1, 3, 20])
    def test_stored_hashes_fold_to_the_root_of_every_size(self, store: LedgerStore, batch: int) -> None:
        self.grow(store, 20, batch)
        for size in range(1, 21):
            leaves = [leaf(number) for number in range(size)]
            assert merkle.fold_peaks(merkle.peaks_at(size, store.node)) == merkle.root(leaves)

    def test_every_perfect_subtree_has_its_hash(self, store: LedgerStore) -> None:
        self.grow(store, 8)
        assert store.node(0, 5) == leaf_hash(leaf(5))
        assert store.node(2, 1) == merkle.root([leaf(number) for number in range(4, 8)])

    @pytest.mark.parametrize("place", [(0, 7), (1, 3), (3, 0), (0, -1)])
    def test_a_hash_that_is_not_there_yet_is_damage(self, store: LedgerStore, place: tuple[int, int]) -> None:
        self.grow(store, 7)
        with pytest.raises(Damaged, match="tree hash"):
            store.node(*place)

    def test_records_come_back_and_their_lack_is_none(self, store: LedgerStore) -> None:
        with store.appending():
            store.append(Head(), [new(0), new(1, SEALED)])
        assert store.record(0) is None
        assert store.record(1) == SEALED
        assert store.record(2) is None

    def test_a_record_shows_no_bytes_of_itself(self, store: LedgerStore) -> None:
        assert "sealed" not in repr(SEALED).replace("SealedRecord", "")
