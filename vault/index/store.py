"""The index in SQLCipher: one more entry costs O(its tags * log n) reads and writes, a proof O(log n).

Every row that is read for the tree is compared with the root that the newest index entry states, block by block from
the top: a damaged or forged row is refused where it is met. What no path leads through is not looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, islice
from typing import NamedTuple

from vault.database import Database
from vault.errors import Damaged
from vault.evidence import merkle
from vault.evidence.index import EMPTY, Leaf, Path, tags_of
from vault.index import blocks
from vault.index.blocks import DAMAGED, Child
from vault.index.tables import NAMES

_BATCH = 1 << 16  # entries that are listed at once; each tag is read and written once
_PLACES = 1 << 11  # more than an entry has tags
_REMEMBERED = 1 << 13  # blocks of up to 528 bytes, where many paths are asked for


class Filing(NamedTuple):
    """An entry as the index takes it in: its number, its kind, the tags it carries, its leaf hash."""

    seq: int
    kind: str
    tags: Sequence[bytes]
    hash: bytes


class _Row(NamedTuple):
    """A tag with its number, how many entries carry it, and the peaks over them."""

    tag: bytes
    first: int
    entries: int
    peaks: bytes

    @property
    def leaf(self) -> Leaf:
        if len(self.peaks) != merkle.HASH_SIZE * self.entries.bit_count() or self.entries < 1:
            raise Damaged(f"the index has no count and peaks of one tree for tag {self.tag.hex()}", DAMAGED)
        return Leaf(self.tag, self.entries, merkle.fold_peaks(self.split()))

    def split(self) -> list[bytes]:
        return [self.peaks[at : at + 32] for at in range(0, len(self.peaks), 32)]


@dataclass(slots=True)
class _Filed:
    """A tag while entries are taken in: its number, the hash of its stored leaf (empty for a new one), what is in."""

    first: int
    old: bytes = b""
    entries: int = 0
    peaks: list[bytes] = field(default_factory=list)


class _Change(NamedTuple):
    """A tag, in hex, whose leaf was `old` (empty for a new tag) and becomes `new`."""

    name: str
    old: bytes
    new: bytes


class IndexStore:
    """The index tables of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._blocks: list[tuple[int, str, bytes]] = []

    @property
    def head(self) -> tuple[int, bytes]:
        """How many entries are in, and the root over them."""
        row = self._database.row("SELECT size, root FROM index_head")
        return (int(row[0]), bytes(row[1])) if row else (0, EMPTY)

    def clear(self) -> None:
        """Forget everything, within a transaction."""
        for name in NAMES:
            self._database.execute(f"DELETE FROM {name}")  # noqa: S608 - one of ours

    def extend(self, filings: Iterable[Filing]) -> bytes:
        """Take in the entries that follow, within a transaction; the root over all. `Damaged` with nothing changed."""
        (size, root), filed = self.head, dict[bytes, _Filed]()
        self._blocks = []
        pending = iter(filings)
        while batch := list(islice(pending, _BATCH)):
            self._list(batch, filed)
            size = batch[-1].seq + 1
        if filed:
            rows = [_Row(tag, one.first, one.entries, b"".join(one.peaks)) for tag, one in sorted(filed.items())]
            self._database.executemany("INSERT OR REPLACE INTO indexed_tag VALUES(?, ?, ?, ?)", rows)
            changes = [_Change(row.tag.hex(), filed[row.tag].old, row.leaf.hash) for row in rows]
            root = self._update("", changes, root)
            self._database.executemany("INSERT OR REPLACE INTO index_block VALUES(?, ?, ?)", sorted(self._blocks))
        self._database.execute("INSERT OR REPLACE INTO index_head VALUES(1, ?, ?)", (size, root))
        return root

    def _list(self, batch: Sequence[Filing], filed: dict[bytes, _Filed]) -> None:
        listed: list[tuple[int, int]] = []
        for filing in batch:
            leaf = merkle.leaf_hash(filing.hash)
            for place, tag in enumerate(sorted(tags_of(filing.kind, filing.tags))):
                one = filed.get(tag)
                if one is None:
                    row = self._row(tag)
                    first = filing.seq * _PLACES + place
                    one = filed[tag] = (
                        _Filed(row.first, row.leaf.hash, row.entries, row.split()) if row else _Filed(first)
                    )
                merkle.push(one.peaks, one.entries, leaf)
                one.entries += 1
                listed.append((one.first, filing.seq))
        self._database.executemany("INSERT INTO indexed_entry VALUES(?, ?)", sorted(listed))

    def _row(self, tag: bytes) -> _Row | None:
        row = self._database.row("SELECT * FROM indexed_tag WHERE tag=?", (tag,))
        return _Row(*row) if row else None

    def _below(self, prefix: str) -> list[_Row]:
        """The tags that begin with these hex digits: used where there are few."""
        between = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        sql = "SELECT * FROM indexed_tag WHERE tag BETWEEN ? AND ?"
        return [_Row(*row) for row in self._database.rows(sql, between)]

    def _load(self, prefix: str, expected: bytes) -> list[Child]:
        sql = "SELECT children FROM index_block WHERE depth=? AND prefix=?"
        row = self._database.row(sql, (len(prefix), prefix))
        return blocks.unpack(bytes(row[0]) if row else b"", expected, prefix)

    def _update(self, prefix: str, changes: Sequence[_Change], expected: bytes) -> bytes:
        """The hash of a block with these changes, sorted, made; `expected` is the one it has, EMPTY for a new one."""
        children = {child.digit: child for child in self._load(prefix, expected)} if expected != EMPTY else {}
        for digit, group in groupby(changes, key=lambda change: int(change.name[len(prefix)], 16)):
            children[digit] = self._changed(f"{prefix}{digit:x}", list(group), children.get(digit))
        made = [children[digit] for digit in sorted(children)]
        self._blocks.append((len(prefix), prefix, blocks.pack(made)))
        return blocks.fold(made)

    def _changed(self, prefix: str, group: list[_Change], child: Child | None) -> Child:
        digit = int(prefix[-1], 16)
        if child and not child.alone:
            return Child(digit, self._update(prefix, group, child.hash), alone=False)
        here = [child.hash] if child else []
        known = [change.old for change in group if change.old]
        if here and not known:  # the way of the new tags ends at another one, which moves down
            group = sorted([*group, self._moved(prefix, group)], key=lambda change: change.name)
            known = [change.old for change in group if change.old]
        if known != here:
            raise Damaged(f"the index has other tags than leaves below {prefix}", DAMAGED)
        if len(group) == 1:
            return Child(digit, group[0].new, alone=True)
        return Child(digit, self._update(prefix, [change._replace(old=b"") for change in group], EMPTY), alone=False)

    def _moved(self, prefix: str, group: Sequence[_Change]) -> _Change:
        names = {change.name for change in group}
        others = [row for row in self._below(prefix) if row.tag.hex() not in names]
        if len(others) != 1:
            raise Damaged(f"the index has other tags than leaves below {prefix}", DAMAGED)
        leaf = others[0].leaf.hash
        return _Change(others[0].tag.hex(), leaf, leaf)

    def path(self, tag: bytes) -> Path:
        """The path of a tag, carried by any entry or not."""
        return self._path(tag, self.head[1], self._load)

    def paths(self, tags: Iterable[bytes]) -> list[Path]:
        """That of each of these tags: each block near the top is read and compared once."""
        root, load = self.head[1], lru_cache(maxsize=_REMEMBERED)(self._load)
        return [self._path(tag, root, load) for tag in tags]

    def _path(self, tag: bytes, expected: bytes, load: Callable[[str, bytes], list[Child]]) -> Path:
        name, prefix, siblings = tag.hex(), "", list[bytes]()
        while expected != EMPTY:
            end = blocks.follow(load(prefix, expected), int(name[len(prefix)], 16))
            siblings += end.siblings
            if end.child is None:
                break
            if end.child.alone:
                return Path(self._leaf(f"{prefix}{end.child.digit:x}", end.child.hash), tuple(siblings[::-1]))
            prefix, expected = name[: len(prefix) + 1], end.child.hash
        return Path(None, tuple(siblings[::-1]))

    def _leaf(self, prefix: str, expected: bytes) -> Leaf:
        rows = self._below(prefix)
        if len(rows) != 1 or rows[0].leaf.hash != expected:
            raise Damaged(f"the index has other tags than leaves below {prefix}", DAMAGED)
        return rows[0].leaf

    def listed(self, tag: bytes) -> list[int]:
        """The numbers of the entries under a tag, in order. Nothing here says that they are the ones."""
        row = self._row(tag)
        sql = "SELECT seq FROM indexed_entry WHERE tag=? ORDER BY seq"
        return [seq for (seq,) in self._database.rows(sql, (row.first,))] if row else []

    def walk(self, root: bytes) -> Iterator[tuple[str, bytes]]:
        """Where each leaf hangs, in hex digits, and its hash, in the order of tags: all blocks under this root.

        `Damaged` where blocks don't lead to it, or where there are others than those it leads to.
        """
        pending, met = [Child(0, root, alone=False)] if root != EMPTY else [], 0
        places = [""] * len(pending)
        while pending:
            child, prefix = pending.pop(), places.pop()
            if child.alone:
                yield prefix, child.hash
                continue
            met += 1
            for below in reversed(self._load(prefix, child.hash)):
                pending.append(below)
                places.append(f"{prefix}{below.digit:x}")
        if (found := int(self._database.row("SELECT count(*) FROM index_block")[0])) != met:
            raise Damaged(f"the index has {found} blocks, {met} lead to its root", DAMAGED)

    def totals(self) -> Iterator[tuple[bytes, int, int]]:
        """Each tag with the number of entries listed under it and the sum of their numbers, by its bytes."""
        sql = (
            "SELECT t.tag, count(*), sum(e.seq) FROM indexed_tag t JOIN indexed_entry e ON e.tag=t.first"
            " GROUP BY t.tag ORDER BY t.tag"
        )
        return self._database.iterate(sql)

    def count_listed(self) -> int:
        """How many pairs of tag and entry are listed."""
        return int(self._database.row("SELECT count(*) FROM indexed_entry")[0])

    def tags(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Each tag with its count and its peaks, end to end, by its bytes, in constant memory."""
        return self._database.iterate("SELECT tag, count, peaks FROM indexed_tag ORDER BY tag")
