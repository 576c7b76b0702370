"""Receipts, consistency and completeness proofs, and what somebody makes of them: one or two changes each."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from hypothesis import strategies as st

from tests.evidence.ledgers import Ledger, vrf_line
from tests.strangers.ledgers import WHERE, XOR, known, rewritten
from tests.verify import lists, test_proving
from vault.evidence import record
from vault.verify.outside import Outside

Part = tuple[str, list[bytes]]


def forked(size: int, at: int = 3) -> Ledger:
    """Another history from entry `at` on."""
    other = Ledger(test_proving.LEDGER.origin, test_proving.LEDGER.leaves[:at])
    while other.size < size:
        other.disclose("another", by="m2")
    return other


@cache
def listed() -> Ledger:
    """The ledger of the lists."""
    return lists.ledger()


def continued() -> Ledger:
    """That of the lists before its index."""
    return Ledger(leaves=listed().leaves[:-1], generation=2)


def revoked() -> Ledger:
    """With a member whose entries from 6 on are in doubt."""
    made = continued()
    made.change_keys("revoke m2 6")
    return lists.indexed(made)


def rotated() -> Ledger:
    """With an index key that nothing is under yet."""
    made = continued()
    made.change_keys(vrf_line(3))
    made.generation = 3
    return lists.indexed(made)


@cache
def proofs() -> dict[str, tuple[bytes, Ledger]]:
    """By name, each with its ledger."""
    ledger, early, good = test_proving.LEDGER, test_proving.EARLY, test_proving.GOOD
    hidden = replace(good, record=record.withhold(good.record, ["term.1"]), filed=())
    made: dict[str, tuple[object, Ledger]] = {
        "receipt": (good, ledger),
        "receipt shown in part": (hidden, ledger),
        "another receipt": (test_proving.receipt_of(ledger, 8), ledger),
        "consistency": (test_proving.between(early, ledger), ledger),
        "consistency with a tail": (
            test_proving.between(Ledger(ledger.origin, ledger.leaves[:8]), ledger),
            ledger,
        ),
        "consistency with itself": (test_proving.between(ledger, ledger), ledger),
        "consistency of a fork": (test_proving.between(forked(4), ledger), ledger),
        "list": (lists.complete(listed(), lists.GANZHOU), listed()),
        "lists": (lists.complete(listed(), lists.OTHER, lists.NAME, lists.NOBODY), listed()),
        "absence": (lists.complete(listed(), lists.NOBODY), listed()),
        "list of an unbroken key": (lists.complete(plain := lists.ledger(rotated=False), lists.GANZHOU), plain),
        "list of one revoked": (lists.complete(doubted := revoked(), lists.GANZHOU, lists.NOBODY), doubted),
        "list of three keys": (lists.complete(turned := rotated(), lists.GANZHOU), turned),
    }
    return {name: (bytes(one), of) for name, (one, of) in made.items()}  # type: ignore[call-overload]


NAMES = [
    "receipt", "receipt shown in part", "another receipt", "consistency", "consistency with a tail",
    "consistency with itself", "consistency of a fork", "list", "lists", "absence", "list of an unbroken key",
    "list of one revoked", "list of three keys",
]  # fmt: skip


@cache
def outsides(name: str) -> Sequence[Outside]:
    """What a verifier may know: mostly the fingerprint."""
    ledger = proofs()[name][1]
    others = [ledger, Ledger(ledger.origin, ledger.leaves[:4]), forked(ledger.size)]
    return [known(ledger), *(known(ledger, other.checkpoint()) for other in others), Outside(), Outside("00" * 32)]


def cut(data: bytes) -> tuple[bytes, list[Part]]:
    """First line and parts of a proof that was not changed yet."""
    first, *lines = data.split(b"\n")[:-1]
    parts, at = [], 0
    while at < len(lines):
        name, count = lines[at].decode().split(" ")
        parts.append((name, lines[at + 1 : at + 1 + int(count)]))
        at += 1 + int(count)
    return first, parts


def join(first: bytes, parts: Sequence[Part]) -> bytes:
    """A proof of these parts, counted as they are."""
    lines = [line for name, part in parts for line in (f"{name} {len(part)}".encode(), *part)]
    return b"\n".join([first, *lines, b""])


ON_PARTS = [
    "part dropped", "part twice", "parts swapped", "part instead", "pair dropped", "pair instead", "line dropped",
    "line twice", "lines swapped", "word", "word", "line instead",
]  # fmt: skip
CHANGE = st.one_of(
    st.tuples(st.just("byte"), WHERE, XOR, st.just("")),
    st.tuples(st.sampled_from(ON_PARTS), WHERE, WHERE, st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(ON_PARTS), WHERE, WHERE, st.sampled_from(NAMES)),
)
"""What is changed, where twice, and the proof from which something is taken."""
TRIALS = st.tuples(st.sampled_from(NAMES), st.lists(CHANGE, min_size=1, max_size=2), st.integers(0, 5))
"""A proof, changes, what is known."""


def changed(name: str, changes: Sequence[tuple[str, int, int, str]]) -> bytes:
    """The bytes of a proof after these changes; the one to bytes last, since parts can't be cut any more then."""
    data = proofs()[name][0]
    for what, one, other, donor in sorted(changes, key=lambda change: change[0] == "byte"):
        if what != "byte":
            first, parts = cut(data)
            data = join(first, of_parts(parts, what, (one, other), cut(proofs()[donor][0])[1]))
        else:
            at = one % len(data)
            data = data[:at] + bytes([data[at] ^ other]) + data[at + 1 :]
    return data


def of_parts(parts: list[Part], what: str, where: tuple[int, int], given: list[Part]) -> list[Part]:
    """The parts after a change; `given` are those of another proof, or of the same."""
    one = where[0] % len(parts)
    same = [at for at, (name, _) in enumerate(given) if name == parts[one][0]] or range(len(given))
    other, to = same[where[1] % len(same)], where[1] % len(parts)
    long = 2 if what.startswith("pair") else 1  # an entry and its path
    if what in ("part dropped", "pair dropped"):
        return parts[:one] + parts[one + long :]
    if what == "part twice":
        return [*parts[:to], parts[one], *parts[to:]]
    if what == "parts swapped":
        parts[one], parts[to] = parts[to], parts[one]
        return parts
    if what in ("part instead", "pair instead"):
        return parts[:one] + given[other : other + long] + parts[one + long :]
    name, lines = parts[one]
    if what == "line instead":
        new, at = given[other][1] or [b""], where[0] // 7 % max(len(lines), 1)
        lines = [*lines[:at], new[where[1] % len(new)], *lines[at + 1 :]]
    elif lines:
        lines = rewritten(b"\n".join(lines), b"\n".join(given[other][1]), what, *where).split(b"\n")
    return [*parts[:one], (name, lines), *parts[one + 1 :]]
