"""What grows with the vault, and what must not: a vault grown by decades, measured at each; a long ledger checked."""

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from nacl.signing import SigningKey

from tests.bench import plot
from tests.bench.daily import DVAULT
from tests.bench.timing import Row, in_turn, peak_memory, timed
from tests.desk import Desk, oral
from vault.archive import Archive
from vault.checking.steps import check
from vault.evidence import ed25519
from vault.evidence import entry as entries
from vault.evidence.chain import Chain

PLOT = Path("docs/images/growth.svg")
WORDS = plot.Words("one durable disclosure, in the process:", "at that size", "in an empty vault, in turn")
_RATE = "entries/s"
_SIGNATURES = 10_000  # verified alone, as the limit of all checks


def growth(folder: Path, quick: bool, sizes: tuple[int, ...] = (100, 1_000, 10_000, 100_000)) -> list[Row]:
    """One ordinary disclosure in the process beside one in an empty vault, and the check of all, at each size."""
    sizes, rounds = (sizes[:2], 21) if quick else (sizes, 201)
    empty, vault = Desk(folder / "empty"), Desk(folder / "large")
    rows: list[Row] = []
    points: list[tuple[int, float, float]] = []
    seconds = 0.0
    for size in sizes:
        seconds = timed(lambda size=size: vault.grow(size))  # type: ignore[misc]
        at_size, at_none, checked = _at(vault, empty, rounds)
        points.append((size, at_size, at_none))
        note = f"checked in {checked:.1f} s; two processes from 8,192 entries on"
        rows.append(Row(f"one disclosure at {size} entries", at_size, "ms", "at none", at_none, 1.1))
        rows.append(Row(f"verify {size} entries", size / checked, _RATE, note=note))
    largest, grown = sizes[-1], sizes[-1] - sizes[-2]
    rows.append(Row("appended one by one", 1e3 / points[-1][1], _RATE, note="each durable when it is acknowledged"))
    rows.append(Row("appended in batches of 1,000", grown / seconds, _RATE, note=f"up to {largest} entries"))
    memory = peak_memory(DVAULT, "verify", environment=vault.environment)
    rows.append(Row(f"peak memory of verify of {largest} entries, one process of them", memory, "MiB"))
    if not quick:
        PLOT.write_text(plot.growth(points, WORDS))
    return rows


def _at(vault: Desk, empty: Desk, rounds: int) -> tuple[float, float, float]:
    """Milliseconds of one disclosure there and in an empty vault, in turn; seconds of checking it."""
    with empty.opened() as small, vault.opened() as large:
        for archive in (small, large):
            archive.append([oral()])  # warm caches on both sides
        at_none, at_size = in_turn([lambda: _append(small), lambda: _append(large)], rounds)
        checked = timed(lambda: _whole(large))
    return statistics.median(at_size) * 1e3, statistics.median(at_none) * 1e3, checked


def million(folder: Path, quick: bool) -> list[Row]:
    """The same up to 10^6 entries: half an hour, so only when it is named."""
    return growth(folder, quick, (100, 1_000, 10_000, 100_000, 1_000_000))


def _append(archive: Archive) -> None:
    archive.append([oral()])


def long(folder: Path, quick: bool) -> list[Row]:
    """The check of a long ledger beside what its signatures alone would cost, and what of it is structure."""
    size, rounds = (5_000, 1) if quick else (100_000, 3)
    vault = Desk(folder)
    vault.grow(size)
    with vault.opened() as archive:
        leaves = list(archive.ledger.leaves())
        some = leaves[: min(size, _SIGNATURES)]
        limits, structures, signed, whole = in_turn(
            [
                lambda: _signatures(archive, some) * len(leaves) / len(some),
                lambda: _structure(archive, leaves, signatures=False),
                lambda: _structure(archive, leaves, signatures=True),
                lambda: _whole(archive),
            ],
            rounds,
        )
    limit, what = _rate(leaves, limits), f"{len(leaves)} entries"
    peer = "Ed25519 alone"
    return [
        Row(f"structure of {what}", _rate(leaves, structures), _RATE, peer, limit, None, "asked: 4; one core"),
        Row(f"and signatures of {what}", _rate(leaves, signed), _RATE, peer, limit, None, "asked: 0.6; one core"),
        Row(
            f"verify {what}", _rate(leaves, whole), _RATE, peer, limit, None, "with records, pages, tree; two processes"
        ),
    ]


def _rate(leaves: list[bytes], seconds: list[float]) -> float:
    return len(leaves) / statistics.median(seconds)


def signature_rate(processes: int) -> float:
    """Ed25519 verifications a second, by as many processes at once: what no check of signatures can pass."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(_verifying, range(processes)))  # all are there
        seconds = list(pool.map(_verifying, range(processes), chunksize=1))
    return processes * _SIGNATURES / max(seconds)


def _verifying(_: int) -> float:
    key = SigningKey.generate()
    text = b"x" * 500
    signature, public = key.sign(text).signature, bytes(key.verify_key)
    start = time.perf_counter()
    for _ in range(_SIGNATURES):
        ed25519.verify(public, text, signature, "bench")
    return time.perf_counter() - start


def _signatures(archive: Archive, leaves: list[bytes]) -> float:
    """Seconds of verifying the signatures and nothing else."""
    parsed = [entries.parse(leaf) for leaf in leaves]
    key = next(iter(archive.history.members.values())).key.public
    start = time.perf_counter()
    for signed in parsed:
        ed25519.verify(key, signed.text_bytes, signed.unverified_signature.value, "bench")
    return time.perf_counter() - start


def _structure(archive: Archive, leaves: list[bytes], *, signatures: bool) -> None:
    chain = Chain(archive.config.origin)
    for leaf in leaves:
        signed = entries.parse(leaf)
        judged = chain.follow(signed)
        if signatures and judged.key:
            ed25519.verify(judged.key.public, signed.text_bytes, signed.unverified_signature.value, "bench")
    if chain.size != len(leaves):
        raise RuntimeError("the chain is cut")


def _whole(archive: Archive) -> None:
    if not check(archive).passes():
        raise RuntimeError("the grown vault does not verify")


MEASURES = {"growth": growth, "long": long}
ON_REQUEST = {"million": million}
