"""Backup and restore beside bare boto3 and restic, to one S3 server on this machine; on request only."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.backup.weed import Weed
from tests.bench.timing import Row, peak_memory, seconds
from tests.desk import Desk
from vault.backup import running
from vault.backup import target as targets
from vault.backup.patient import Patient
from vault.backup.restoring import Wish, restore
from vault.backup.running import Job
from vault.backup.s3 import Access, Address, S3Bucket
from vault.backup.target import FACTS, Target
from vault.folder import Folder
from vault.pins import Pins

GIB = 1 << 30
SMALL = 16 << 10
_PROGRAM = (sys.executable, "-m", "cli.main")


def backup(folder: Path, quick: bool) -> list[Row]:
    """A large document, many small ones, nothing new, and all of it back."""
    weed = Weed(folder / "weed")
    try:
        weed.start()
        os.environ.update(weed.environment())
        size, count = (64 << 20, 200) if quick else (GIB, 10_000)
        return [*_large(weed, folder / "large", size), *_many(weed, folder / "many", count)]
    finally:
        weed.stop()


def _job(weed: Weed, desk: Desk, bucket: str, prefix: str) -> tuple[Target, Patient]:
    target = Target(f"s3://{bucket}/{prefix}", found=dict.fromkeys(FACTS, True), retain_days=1)
    targets.write(desk.folder / "vault", target)
    return target, Patient(S3Bucket(Address(bucket, prefix), Access(endpoint=weed.endpoint)))


def _large(weed: Weed, folder: Path, size: int) -> list[Row]:
    desk, bucket = Desk(folder / "desk"), weed.new_bucket()
    _fill(folder / "document", size)
    desk.dvault("disclose", folder / "document", "--to", "ganzhou", "--yes")
    environment = {**desk.environment, **weed.environment()}
    _job(weed, desk, bucket, "desk/memory")
    sent = peak_memory(*_PROGRAM, "backup", "run", environment=environment)
    target, store = _job(weed, desk, bucket, "desk/large")
    (segment,) = (desk.folder / "vault" / "segments").iterdir()
    plain = weed.new_bucket(lock=False)
    client = weed.client()
    client.upload_file(str(segment), plain, "warm")
    with desk.opened() as archive:
        job = Job(archive, target, store)
        ours = seconds(lambda: running.run(job))
        again = seconds(lambda: running.run(job))
    theirs = seconds(lambda: client.upload_file(str(segment), plain, "bare"))
    name = f"{size >> 20} MiB"
    got = peak_memory(*_PROGRAM, "restore", f"s3://{bucket}/desk/memory", folder / "memory", environment=environment)
    return [
        Row(f"backup {name}", ours, "s", peer="boto3 upload_file", theirs=theirs, limit=1.25),
        Row("backup, nothing new", again, "s", limit=1, note="in the process; limit: s"),
        Row(f"backup {name}, peak memory", sent, "MiB", limit=250, note="limit: MiB"),
        Row(f"restore {name}, peak memory", got, "MiB", limit=250, note="limit: MiB"),
    ]


def _many(weed: Weed, folder: Path, count: int) -> list[Row]:
    desk, bucket = Desk(folder / "desk"), weed.new_bucket()
    documents = folder / "documents"
    documents.mkdir(parents=True)
    for number in range(count):
        (documents / f"{number}.bin").write_bytes(os.urandom(SMALL))
    desk.dvault("disclose", documents, "--to", "ganzhou", "--yes")
    target, store = _job(weed, desk, bucket, "desk/many")
    with desk.opened() as archive:
        ours = seconds(lambda: running.run(Job(archive, target, store)))
    place, pins = Folder(folder / "restored" / "vault"), Pins(folder / "restored" / "pins")
    place.path.parent.mkdir()
    back = seconds(lambda: restore(store, place, desk.identity, pins, Wish()))
    name = f"{count} x {SMALL >> 10} KiB"
    rows = [Row(f"backup {name}", ours, "s", limit=1.5), Row(f"restore {name}", back, "s", limit=1.5)]
    if shutil.which("restic"):
        there, here = _restic(weed, folder, documents)
        rows = [
            Row(f"backup {name}", ours, "s", peer="restic backup", theirs=there, limit=1.5),
            Row(f"restore {name}", back, "s", peer="restic restore", theirs=here, limit=1.5),
        ]
    return rows


def _restic(weed: Weed, folder: Path, documents: Path) -> tuple[float, float]:
    bucket = weed.new_bucket(lock=False)
    environment = {
        **os.environ, **weed.environment(), "RESTIC_PASSWORD": "correct horse",
        "RESTIC_REPOSITORY": f"s3:{weed.endpoint}/{bucket}/restic", "RESTIC_CACHE_DIR": str(folder / "cache"),
    }  # fmt: skip

    def restic(*arguments: str | Path) -> float:
        began = time.perf_counter()
        subprocess.run(["restic", "-q", *map(str, arguments)], env=environment, check=True)
        return time.perf_counter() - began

    restic("init")
    return restic("backup", documents), restic("restore", "latest", "--target", folder / "theirs")


def _fill(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for _ in range(size >> 20):
            file.write(os.urandom(1 << 20))


ON_REQUEST: dict[str, Callable[[Path, bool], list[Row]]] = {"backup": backup}
