"""What evidence for strangers costs as the ledger grows: index, checkpoint, proofs, and the audit of all of it.

The entries are made up (random tags and roots, signed as they should be), so that a million take minutes to make; what
is measured is done by the product with real disclosures on top of them.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.bench import plot
from tests.bench.growth import signature_rate
from tests.bench.timing import Row, peak_memory, seconds
from tests.desk import Desk, oral
from vault import proving, publishing
from vault.archive import Archive
from vault.evidence import entry as entries
from vault.evidence.entry import Entry
from vault.index.proofs import prove_terms
from vault.ledger.store import NewEntry, SealedRecord
from vault.records.draft import Draft
from vault.verify.auditing import audit
from vault.verify.outside import Outside
from vault.verify.sources import FolderSource

SIZES = (1_000, 10_000, 100_000)
TAGS_EACH, TERMS = 3, 20
_BATCH, _ROUNDS = 10_000, 15
Point = tuple[int, float, float]
"""Entries; milliseconds of index and checkpoint, and of a receipt."""

PLOT = Path("docs/images/index.svg")
WORDS = plot.Words("after one more disclosure:", "index entry and checkpoint", "receipt")


def strangers(folder: Path, quick: bool) -> list[Row]:
    """One disclosure of twenty terms indexed and signed, proofs, and the audit, at each size."""
    rows, points = grown(Desk(folder / "desk"), folder, SIZES[:1] if quick else SIZES)
    if not quick:
        PLOT.write_text(plot.growth(points, WORDS))
    return rows


def grown(vault: Desk, folder: Path, sizes: Sequence[int]) -> tuple[list[Row], list[Point]]:
    """What `measured` finds while the vault grows."""
    rows, points = [], []
    for size in sizes:
        with vault.opened() as archive:
            fill(archive, size)
            found, point = measured(archive, folder, size)
        rows += found
        points.append(point)
    return rows, points


def measured(archive: Archive, folder: Path, size: int) -> tuple[list[Row], Point]:
    """Index, checkpoint, proofs, export and audit of a vault that was filled up to `size`."""
    first = seconds(archive.checkpoint)
    at, number = _indexed(archive)
    proofs = _proofs(archive, number)
    target, name = folder / f"ledger-{size}", f"{size} entries, {len(_terms(size))} tags"
    exported = seconds(partial(publishing.publish, archive, target))
    rows = [
        Row(f"index and checkpoint after one more, {name}", at, "ms", limit=50, note="20 terms; limit: ms"),
        *(replace(row, what=f"{row.what}, {name}") for row in proofs),
        Row(f"first index, {name}", first, "s", note="with the check of all that no checkpoint covered"),
        Row(f"ledger export, {name}", exported, "s"),
        *_audits(target, archive.fingerprint, name),
    ]
    return rows, (size, at, proofs[0].ours)


def _terms(size: int) -> list[bytes]:
    """Tags of a tenth as many terms as entries, the same at each call."""
    dice = random.Random(0)
    return [dice.randbytes(32) for _ in range(size // 10)]


def fill(archive: Archive, size: int) -> None:
    """Append made-up disclosures up to `size` entries, each under some of `_terms`."""
    terms, dice = _terms(size), random.Random(size)
    while (head := archive.ledger.head()).size < size:
        made, last = [], head.last
        for seq in range(head.size, min(size, head.size + _BATCH)):
            tags = tuple(sorted(dice.sample(terms, TAGS_EACH)))
            entry = Entry(archive.history.origin, seq, "nil-return", archive.clock(), last, os.urandom(32), tags)
            signed = entries.sign(entry, archive.secrets.signer.sign(entry.text))
            made.append(NewEntry("nil-return", signed.leaf, SealedRecord(os.urandom(1_500), os.urandom(72))))
            last = signed.hash
        with archive.ledger.appending():
            archive.ledger.append(head, made)


def _indexed(archive: Archive) -> tuple[float, int]:
    """Milliseconds of index entry and checkpoint after each of some disclosures; the last one's number."""
    found, number = [], 0
    for _ in range(_ROUNDS):
        number = archive.append([_widely_filed()])[0].number
        found.append(seconds(archive.checkpoint))
    return statistics.median(found) * 1e3, number


def _widely_filed() -> Draft:
    draft = oral()
    more = [f"party-name:CN:name {n} {os.urandom(2).hex()}" for n in range(TERMS - len(draft.terms))]
    return replace(draft, terms=(*draft.terms, *more))


def _proofs(archive: Archive, number: int) -> list[Row]:
    receipt = _median(lambda: proving.receipt(archive, number))
    absent = prove_terms(archive, ["party:lei:529900T8BM49AURSDO55"])[0]
    path = b"".join(line for line in absent.data.splitlines(keepends=True) if not line.startswith(b"vrf "))
    if absent.entries:
        raise RuntimeError("that party was never named")
    return [
        Row("receipt of one transmittal", receipt * 1e3, "ms", limit=30, note="in the process; limit: ms"),
        Row("proof of absence without its VRF line", len(path), "bytes", limit=1_500, note="limit: bytes"),
    ]


def _median(work: Callable[[], object]) -> float:
    return statistics.median(seconds(work) for _ in range(_ROUNDS))


def _audits(target: Path, fingerprint: str, name: str) -> list[Row]:
    """The audit by two processes beside the rate of Ed25519 on both cores."""
    before = signature_rate(2)
    start = time.perf_counter()
    found = audit(FolderSource(target), Outside(fingerprint))
    took = time.perf_counter() - start
    if not found.report.passes():
        raise RuntimeError("the exported ledger does not verify")
    rate, limit = found.report.entries / took, (before + signature_rate(2)) / 2
    memory = peak_memory(
        Path(sys.executable), "-m", "vault.verify", target, "--fingerprint", fingerprint, environment={}
    )
    note = "asked: 0.6 of the limit; index recomputed too"
    return [
        Row(f"full audit, {name}", rate, "entries/s", "Ed25519 alone, two cores", limit, None, note),
        Row(f"peak memory of the audit, one process of them, {name}", memory, "MiB", limit=300),
    ]


MEASURES = {"strangers": strangers}
