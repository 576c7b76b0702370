"""Ledgers in tile form, and what somebody makes of them: one change each, drawn as plain values so that it repeats."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache

from hypothesis import strategies as st

from tests.evidence.ledgers import Ledger, member_line, vrf_line
from tests.verify.folders import files_of, honest, keys_of, relinked, signed_over, unsigned
from tests.verify.test_attacks import true_ledger
from vault.evidence import merkle
from vault.evidence.index import Tree
from vault.evidence.strict import Malformed, base64_text
from vault.verify import standalone
from vault.verify.outside import Outside

Files = dict[str, bytes]
WHERE, XOR = st.integers(0, 1 << 20), st.integers(1, 255)


def enter_index(ledger: Ledger, leave_out: frozenset[int] = frozenset()) -> None:
    """Append an index; one that leaves entries out is a lie."""
    tree = Tree()
    for seq, leaf in enumerate(ledger.leaves):
        entry = standalone.read_entry(leaf)
        if seq not in leave_out:
            tree.add(entry.kind, entry.tags, entry.hash)
    ledger.public("index", f"index {ledger.size} {base64_text(tree.root)}")


@cache
def rich() -> Ledger:
    """One of each: approvals, rules, two indexes, an anchor, new log and index keys, a member revoked, a backup."""
    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    ledger.change_keys(member_line("m3", "custodian"))
    ledger.public("approval", f"approves {base64_text(bytes(32))}", by="m3")
    ledger.disclose(by="m2")
    ledger.record("nil-return", [("purpose", "none")], ["class:x", "class:y"], by="m1")
    ledger.public("policy", "rule retention 10y")
    enter_index(ledger)
    ledger.public("anchor", f"checkpoint 8 {base64_text(merkle.root(ledger.leaves))}", "worm bucket seven")
    ledger.change_log()
    ledger.change_keys(vrf_line(2), "remove m3")
    ledger.generation = 2
    ledger.disclose(by="m2")
    ledger.change_keys("revoke m2 11")
    ledger.public("seminar", "held in Ganzhou")
    enter_index(ledger)
    ledger.public("backup", f"size {ledger.size}", f"objects 3 {'ab' * 32}", "drill ok")
    return ledger


@cache
def plain() -> Ledger:
    """All five verdicts but time can be proven of it."""
    ledger = true_ledger()
    enter_index(ledger)
    return ledger


LEDGERS: dict[str, Callable[[], Ledger]] = {"rich": rich, "plain": plain}


@cache
def files(name: str) -> Files:
    """A ledger as it is given out, with the checkpoint of its newest index and an outgrown tile beside it."""
    ledger = LEDGERS[name]()
    before = signed_over(ledger, ledger.leaves[:-1])
    outgrown = f"tile/0/000.p/{ledger.size - 1}"
    indexed = {"checkpoint-indexed": before["checkpoint"]} if name == "rich" else {}
    return honest(ledger) | {outgrown: before[outgrown]} | indexed


def known(ledger: Ledger, *kept: bytes) -> Outside:
    """The true fingerprint, and checkpoints that were kept."""
    return Outside(ledger.fingerprint.hex(), tuple((f"kept {number}", one) for number, one in enumerate(kept)))


def early(ledger: Ledger, size: int) -> bytes:
    """An older checkpoint."""
    return Ledger(ledger.origin, ledger.leaves[:size]).checkpoint()


@cache
def outsides(name: str) -> Sequence[Outside]:
    """What a verifier may know: mostly the fingerprint."""
    ledger = LEDGERS[name]()
    kept = known(ledger, early(ledger, ledger.size // 2))
    return [known(ledger), known(ledger), kept, kept, Outside(), Outside("00" * 32)]


# Entries.

ON_ENTRIES = ["swap", "drop", "twice", "cut", "line dropped", "line twice", "lines swapped", "word"]
EDITS = st.tuples(st.sampled_from(ON_ENTRIES), WHERE, WHERE)
LINKS: dict[str, Callable[[Ledger, list[bytes]], list[bytes]]] = {
    "left": lambda _, leaves: leaves,
    "mended": lambda _, leaves: unsigned(leaves),
    "signed anew": relinked,
}


def edited(ledger: Ledger, edit: tuple[str, int, int]) -> list[bytes]:
    """The entries after one edit of them, or of the lines of one."""
    what, one, other = edit[0], edit[1] % ledger.size, edit[2] % ledger.size
    leaves = list(ledger.leaves)
    if what == "swap":
        leaves[one], leaves[other] = leaves[other], leaves[one]
    elif what == "drop":
        del leaves[one]
    elif what == "twice":
        leaves.insert(other, leaves[one])
    elif what == "cut":
        leaves = leaves[: one + 1]
    else:
        leaves[one] = rewritten(leaves[one], leaves[other], what, edit[1], edit[2])
    return leaves


def rewritten(text: bytes, donor: bytes, what: str, one: int, other: int) -> bytes:
    """A text with a line dropped, doubled or moved, or with a word of another text in the place of one of its own."""
    lines, given = text.split(b"\n"), donor.split(b"\n")
    at, to = one // 7 % len(lines), other // 7 % len(lines)
    if what == "line dropped":
        del lines[at]
    elif what == "line twice":
        lines.insert(to, lines[at])
    elif what == "lines swapped":
        lines[at], lines[to] = lines[to], lines[at]
    else:
        words, new = lines[at].split(b" "), given[other // 7 % len(given)].split(b" ")
        words[one % len(words)] = new[other % len(new)]
        lines[at] = b" ".join(words)
    return b"\n".join(lines)


def of_entries(ledger: Ledger, change: tuple[tuple[str, int, int], str, bool]) -> Files:
    """The files of a ledger of edited entries, linked or signed anew or neither, under the old or a new checkpoint."""
    edit, links, signs = change
    leaves = [leaf for leaf in edited(ledger, edit) if len(leaf) < 1 << 16] or ledger.leaves[:1]
    with suppress(Malformed, KeyError):  # some entry is none, or of a member who never was: left as they are
        leaves = LINKS[links](ledger, leaves)
    return signed_over(ledger, leaves) if signs else files_of(leaves, ledger.checkpoint(), keys_of(ledger))


# Files.

ON_FILES = ["byte", "byte", "byte", "cut", "longer", "lost", "swapped", "instead", "stray", "word", "line dropped"]


def of_files(before: Files, change: tuple[str, int, int, int]) -> Files:
    """The files after a change to one of them, or to two."""
    what, which, at, flipped = change
    names = sorted(before)
    name, other = names[which % len(names)], names[(which // len(names) + flipped) % len(names)]
    data = before[name]
    at %= len(data)
    changed = {
        "byte": {name: data[:at] + bytes([data[at] ^ flipped]) + data[at + 1 :]},
        "cut": {name: data[:at]},
        "longer": {name: data + before[other][: flipped % 40 + 1]},
        "swapped": {name: before[other], other: data},
        "instead": {name: before[other]},
        "stray": {f"{name}{flipped}": data},
        "word": {name: rewritten(data, before[other], "word", at, flipped)},
        "line dropped": {name: rewritten(data, data, "line dropped", at, 0)},
    }.get(what, {})
    return {one: kept for one, kept in before.items() if what != "lost" or one != name} | changed


CHANGES = st.one_of(
    st.tuples(st.just("files"), st.tuples(st.sampled_from(ON_FILES), st.integers(0, 999), WHERE, XOR)),
    st.tuples(st.just("entries"), st.tuples(EDITS, st.sampled_from(sorted(LINKS)), st.booleans())),
)
"""A change to a ledger, and what it is a change of."""

TRIALS = st.tuples(st.sampled_from(sorted(LEDGERS)), CHANGES, st.integers(0, 5))
"""A ledger, a change, what is known."""


def changed(name: str, change: tuple[str, tuple[object, ...]]) -> Files:
    """The files of a ledger after a change."""
    if change[0] == "files":
        return of_files(files(name), change[1])  # type: ignore[arg-type]
    return of_entries(LEDGERS[name](), change[1])  # type: ignore[arg-type]
