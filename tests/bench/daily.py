"""What people wait for: disclosing, reading back, verifying, help; and that none of it grows with the vault."""

import os
import shutil
import statistics
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tests.bench.timing import Row, in_turn, pair, peak_memory, run, sync
from tests.desk import Desk, oral
from vault.archive import Archive
from vault.checking.steps import check

DVAULT = Path(sys.executable).with_name("dvault")
_BLOCK = 1 << 20


def large(folder: Path, quick: bool) -> list[Row]:
    """Disclose and get one large document, beside age and the floor of this machine."""
    size, rounds = (64 << 20, 3) if quick else (1 << 30, 5)
    vault = Desk(folder)
    source, target = folder / "large.bin", folder / "out"
    key = folder / "age.key"
    run("age-keygen", "-o", key)
    recipient = next(word for word in key.read_text().split() if word.startswith("age1"))

    def fresh() -> None:  # another content each time, or it would be found stored already
        with source.open("r+b" if source.exists() else "wb") as file:
            file.write(os.urandom(_BLOCK))
            if source.stat().st_size < size:
                for _ in range(size // _BLOCK - 1):
                    file.write(os.urandom(_BLOCK))

    def disclose() -> None:
        run(DVAULT, "disclose", source, "--to", "ganzhou", "--yes", environment=vault.environment)

    def age() -> None:
        run("age", "-r", recipient, "-o", target, source)
        sync(target)

    def floor() -> None:
        _floor(source, target)

    rows = []
    found: list[list[float]] = [[], [], []]
    for _ in range(rounds):
        fresh()
        for seconds, (once,) in zip(found, in_turn([disclose, age, floor], 1), strict=True):
            seconds.append(once)
    mine, ages, floors = found
    label = f"disclose {size >> 20} MiB"
    rows.append(Row(label, statistics.median(mine), "s", "age + fsync", statistics.median(ages), 1.3))
    note = "two SHA-256 passes, cipher, write, fsync, one thread each"
    rows.append(Row(label, statistics.median(mine), "s", "floor", statistics.median(floors), None, note))
    sealed = folder / "sealed.age"
    run("age", "-r", recipient, "-o", sealed, source)
    number = rounds
    rows.append(_get_large(vault, folder, number, lambda: run("age", "-d", "-i", key, "-o", target, sealed), rounds))
    fresh()
    memory = peak_memory(DVAULT, "disclose", source, "--to", "ganzhou", "--yes", environment=vault.environment)
    rows.append(Row(f"peak memory of disclose {size >> 20} MiB", memory, "MiB", limit=120))
    return rows


def _get_large(vault: Desk, folder: Path, number: int, age: Callable[[], None], rounds: int) -> Row:
    target, peer_target = folder / "back", folder / "out"

    def get() -> None:
        target.unlink(missing_ok=True)
        run(DVAULT, "get", f"T-{number}", "-o", target, environment=vault.environment)

    def age_d() -> None:
        peer_target.unlink(missing_ok=True)
        age()
        sync(peer_target)

    return pair("get it back", get, "age -d + fsync", age_d, rounds=rounds, limit=1.4)


def _floor(source: Path, target: Path) -> None:
    """What cannot be saved: hash the content, encipher, hash the payload, write, flush; not overlapped."""
    cipher, content, payload = ChaCha20Poly1305(os.urandom(32)), sha256(), sha256()
    with source.open("rb", buffering=0) as file, target.open("wb", buffering=0) as sink:
        while block := file.read(_BLOCK):
            content.update(block)
            sealed = cipher.encrypt(bytes(12), block, None)
            payload.update(sealed)
            sink.write(sealed)
        os.fsync(sink.fileno())


def small(folder: Path, quick: bool) -> list[Row]:
    """Disclose 4 KiB in a cold process that unlocks the identity, beside age, restic and borg doing the same."""
    rounds = 3 if quick else 9
    vault = Desk(folder)
    source = folder / "small.bin"
    key = folder / "age.key"
    run("age-keygen", "-o", key)
    recipient = next(word for word in key.read_text().split() if word.startswith("age1"))

    def age() -> None:
        run("age", "-r", recipient, "-o", folder / "out", source)
        sync(folder / "out")

    peers: dict[str, Callable[[], None]] = {"age + fsync": age}
    if shutil.which("restic"):
        repository = {"RESTIC_REPOSITORY": str(folder / "restic"), "RESTIC_PASSWORD": "bench"}
        run("restic", "init", environment=repository)
        peers["restic backup"] = lambda: run("restic", "backup", source, environment=repository)
    if shutil.which("borg"):
        borg = {"BORG_REPO": str(folder / "borg"), "BORG_PASSPHRASE": "bench", "BORG_BASE_DIR": str(folder)}
        run("borg", "init", "-e", "repokey-blake2", environment=borg)
        peers["borg create"] = lambda: run("borg", "create", f"::{os.urandom(4).hex()}", source, environment=borg)
    limits = {"restic backup": 0.4, "borg create": 1.3}

    def disclose() -> None:
        source.write_bytes(os.urandom(4096))
        run(DVAULT, "disclose", source, "--to", "ganzhou", "--yes", environment=vault.environment)

    return [
        pair("disclose 4 KiB, cold, unlocking", disclose, name, peer, rounds=rounds, limit=limits.get(name))
        for name, peer in peers.items()
    ]


def help_(folder: Path, quick: bool) -> list[Row]:
    """`dvault --help` beside a bare click group with the same commands."""
    from cli.main import COMMANDS

    folder.mkdir()
    bare = folder / "bare.py"
    commands = "\n".join(f"@main.command({name!r}, help={text!r})\ndef _(): pass" for name, text in COMMANDS.items())
    bare.write_text(f"import click\n@click.group()\ndef main(): pass\n{commands}\nmain()\n")
    rounds = 9 if quick else 31
    return [
        pair(
            "--help", lambda: run(DVAULT, "--help"), "bare click", lambda: run(sys.executable, bare, "--help"),
            rounds=rounds, limit=1.3,
        )
    ]  # fmt: skip


def growth(folder: Path, quick: bool) -> list[Row]:
    """One ordinary disclosure, in the process, in an empty vault and in one of 10^5 entries, in turn."""
    size, rounds = (2_000, 51) if quick else (100_000, 201)
    small_vault, large_vault = Desk(folder / "small"), Desk(folder / "large")
    large_vault.grow(size)
    with small_vault.opened() as empty, large_vault.opened() as full:
        for archive in (empty, full):
            archive.append([oral()])  # warm caches on both sides
        at_empty, at_full = in_turn([lambda: _append(empty), lambda: _append(full)], rounds)
    rows = [
        Row(
            f"one disclosure at {size} entries", statistics.median(at_full) * 1e3, "ms", "at none",
            statistics.median(at_empty) * 1e3, 1.1,
        )
    ]  # fmt: skip
    with large_vault.opened() as archive:
        (seconds,) = in_turn([lambda: _verify(archive)], 1 if quick else 3)
        entries = archive.ledger.head().size
    rate = entries / statistics.median(seconds)
    rows.append(Row(f"verify {entries} entries, all signatures and records", rate, "entries/s"))
    return rows


def _append(archive: Archive) -> None:
    archive.append([oral()])


def _verify(archive: Archive) -> None:
    report = check(archive)
    if not report.passes():
        raise RuntimeError("the grown vault does not verify")


MEASURES = {"large": large, "small": small, "help": help_, "growth": growth}
