"""What a report costs: a thousand transmittals out of many entries, its proofs, its memory with large documents."""

import os
import statistics
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

from tests.bench.bulk import DVAULT
from tests.bench.strangers import fill
from tests.bench.timing import Row, peak_memory, seconds
from tests.desk import Desk, oral
from tests.reports.page import programs
from tests.reports.page.samples import opened
from vault.archive import Archive
from vault.reports import making, preparing
from vault.reports.asking import Asked
from vault.reports.rules import Options
from vault.reports.sealing import Asking

TRANSMITTALS, LARGE = 1_000, 1 << 30
_PROOF = (".tlog-proof", "follow-ups.proofs")
_ASKED = Asked(parties=("ganzhou",))


def reports(folder: Path, quick: bool) -> list[Row]:
    """1,000 transmittals to one party, spread over a ledger of 10,000 entries; then one large document."""
    vault, count = Desk(folder / "desk"), 100 if quick else TRANSMITTALS
    with vault.opened() as archive:
        spread(archive, count, 10_000)
        archive.checkpoint()
    return [*measured(vault, folder, count, 10_000), _large(vault, folder, LARGE >> 5 if quick else LARGE)]


def measured(vault: Desk, folder: Path, count: int, size: int) -> list[Row]:
    """A report of `count` transmittals out of `size` entries: made, weighed, read by three verifiers."""
    name = f"{count} transmittals of {size} entries"
    with vault.opened() as archive:
        rows = _made(archive, folder, count, name)
    whole = folder / "whole"
    memory = peak_memory(DVAULT, "report", "--party", "ganzhou", "-o", whole, environment=vault.environment)
    rows.append(Row(f"peak memory of a report, {name}", memory, "MiB", limit=400))
    return [*rows, *_read(whole, name)]


def _read(bundle: Path, name: str) -> list[Row]:
    """What the three verifiers take, each as a reader starts it; medians."""
    alone = bundle / "data" / "verify.py"
    rows = [
        Row(f"{what}, {name}", statistics.median(seconds(work) for _ in range(3)), "s", limit=limit)
        for what, limit, work in (
            ("dvault verify", 2, partial(_judged, DVAULT, "verify", bundle)),
            ("verify.py", 60, partial(_judged, sys.executable, "-I", alone, bundle)),
        )
    ]
    with programs.chromium() as page:
        took = float(opened(page, bundle / "data" / "report.html").get_attribute("body", "data-took") or "nan") / 1e3
    return [*rows, Row(f"report.html in Chromium, {name}", took, "s", limit=5)]


def _judged(*arguments: str | Path) -> None:
    """Run a verifier. That it proves not everything, having been told nobody's fingerprint, is no failure."""
    done = subprocess.run([str(one) for one in arguments], capture_output=True, check=False)
    if done.returncode not in (0, 1) or b"BROKEN" in done.stdout:
        raise RuntimeError(f"{arguments}: {done.stdout[-500:]!r} {done.stderr[-500:]!r}")


def spread(archive: Archive, count: int, size: int) -> None:
    """Ten runs of disclosures between made-up entries."""
    for part in range(1, 11):
        fill(archive, size * part // 10 - count // 10)
        archive.append([oral() for _ in range(count // 10)])


def _made(archive: Archive, folder: Path, count: int, name: str) -> list[Row]:
    rows, found = [], 0
    for kind in ("zip", "folder"):
        target = folder / ("report.zip" if kind == "zip" else "report")
        start = time.perf_counter()
        prepared = preparing.prepare(archive, _ASKED, Options())
        ready = time.perf_counter() - start
        took = ready + seconds(partial(making.make, archive, prepared, target, Asking(stamp=False)))
        found = len(prepared.statement.selected)
        if found < count:  # a few more, where others were measured in the same vault
            raise RuntimeError("not all were selected")
        note = f"index and proofs {ready:.2f} s of it; limit: s"
        rows.append(Row(f"report as a {kind}, {name}", took, "s", limit=10, note=note))
    packed, plain = _proof_sizes(folder / "report.zip", found)
    note = f"{plain:.0f} bytes unpacked; limit: bytes"
    return [
        *rows,
        Row(f"proof of each beyond entry and record, in the zip, {name}", packed, "bytes", limit=1_500, note=note),
    ]


def _proof_sizes(path: Path, count: int) -> tuple[float, float]:
    """Bytes for each transmittal, packed (with what a zip says of each file) and unpacked."""
    with zipfile.ZipFile(path) as file:
        found = [info for info in file.infolist() if info.filename.endswith(_PROOF)]
    packed = sum(info.compress_size + 76 + 2 * len(info.filename.encode()) for info in found)
    return packed / count, sum(info.file_size for info in found) / count


def _large(vault: Desk, folder: Path, size: int) -> Row:
    with (folder / "large").open("wb") as file:
        for _ in range(size >> 20):
            file.write(os.urandom(1 << 20))
    vault.dvault("disclose", folder / "large", "--to", "ganzhou")
    memory = statistics.median(
        peak_memory(
            DVAULT, "report", "--transmittal", str(_last(vault)), "--with-documents", "-o", folder / name,
            environment=vault.environment,
        )
        for name in ("large.zip", "large-folder")
    )  # fmt: skip
    return Row(f"peak memory of a report with a document of {size >> 20} MiB", memory, "MiB", limit=400)


def _last(vault: Desk) -> int:
    with vault.opened() as archive:
        return archive.ledger.count("disclosure")


MEASURES = {"reports": reports}
