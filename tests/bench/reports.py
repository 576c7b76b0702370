"""What a report costs: a thousand transmittals out of many entries, its proofs, its memory with large documents."""

import os
import statistics
import time
import zipfile
from functools import partial
from pathlib import Path

from tests.bench.bulk import DVAULT
from tests.bench.strangers import fill
from tests.bench.timing import Row, peak_memory, seconds
from tests.desk import Desk, oral
from vault.archive import Archive
from vault.reports import making, preparing
from vault.reports.asking import Asked
from vault.reports.rules import Options
from vault.reports.sealing import Asking

TRANSMITTALS, LARGE = 1_000, 1 << 30
_PROOF = (".tlog-proof", "follow-ups.proofs")
_ASKED = Asked(parties=("ganzhou",))


def reports(folder: Path, quick: bool, size: int = 10_000) -> list[Row]:
    """1,000 transmittals to one party, spread over a ledger of `size` entries; then one large document."""
    vault, count = Desk(folder / "desk"), 100 if quick else TRANSMITTALS
    with vault.opened() as archive:
        _spread(archive, count, size)
        archive.checkpoint()
        rows = _made(archive, folder, count, size)
    name = f"{count} transmittals of {size} entries"
    memory = peak_memory(
        DVAULT, "report", "--party", "ganzhou", "-o", folder / "memory.zip", environment=vault.environment
    )
    rows.append(Row(f"peak memory of a report, {name}", memory, "MiB", limit=400))
    return [*rows, _large(vault, folder, LARGE >> 5 if quick else LARGE)]


def million(folder: Path, quick: bool) -> list[Row]:
    """The same out of 10^6 entries."""
    return reports(folder, quick, 1_000_000)


def _spread(archive: Archive, count: int, size: int) -> None:
    """Ten runs of disclosures between made-up entries."""
    for part in range(1, 11):
        fill(archive, size * part // 10 - count // 10)
        archive.append([oral() for _ in range(count // 10)])


def _made(archive: Archive, folder: Path, count: int, size: int) -> list[Row]:
    name = f"{count} transmittals of {size} entries"
    rows = []
    for kind in ("zip", "folder"):
        target = folder / ("report.zip" if kind == "zip" else "report")
        start = time.perf_counter()
        prepared = preparing.prepare(archive, _ASKED, Options())
        ready = time.perf_counter() - start
        took = ready + seconds(partial(making.make, archive, prepared, target, Asking(stamp=False)))
        if len(prepared.statement.selected) != count:
            raise RuntimeError("not all were selected")
        note = f"index and proofs {ready:.2f} s of it; limit: s"
        rows.append(Row(f"report as a {kind}, {name}", took, "s", limit=10, note=note))
    packed, plain = _proof_sizes(folder / "report.zip", count)
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
ON_REQUEST = {"reports-million": million}
