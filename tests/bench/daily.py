"""What people wait for: disclosing, reading back, verifying, help."""

import os
import statistics
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tests.bench.timing import Row, Work, pair, peak_memory, run, settle, sync, timed, warm
from tests.desk import Desk

DVAULT = Path(sys.executable).with_name("dvault")
_BLOCK = 1 << 20


def large(folder: Path, quick: bool) -> list[Row]:
    """Disclose, get and verify one large document, beside age, restic, borg and the floor of this machine."""
    size, rounds = (64 << 20, 1) if quick else (1 << 30, 3)
    vault = Desk(folder)
    source, target = folder / "large.bin", folder / "out"
    key = folder / "age.key"
    run("age-keygen", "-o", key)
    recipient = next(word for word in key.read_text().split() if word.startswith("age1"))

    def fresh(number: int) -> None:
        """Another content and another size each time: one that is known would be found stored, or hashed ahead."""
        with source.open("wb") as file:
            for _ in range(size // _BLOCK):
                file.write(os.urandom(_BLOCK))
            file.write(bytes(number))

    def disclose() -> None:
        run(DVAULT, "disclose", source, "--to", "ganzhou", "--yes", environment=vault.environment)

    def age() -> None:
        run("age", "-r", recipient, "-o", target, source)
        sync(target)

    backups = _backups(folder, source)
    works: dict[str, Work] = {"ours": disclose, "age + fsync": age, "floor": lambda: _floor(source, target), **backups}
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        fresh(number)
        for name, work in works.items():
            settle(folder, source)
            found[name].append(timed(work))
    label, mine = f"disclose {size >> 20} MiB", statistics.median(found.pop("ours"))
    limits = {"age + fsync": 1.3, "restic backup": 0.35, "borg create": 0.45}
    notes = {"floor": "two SHA-256 passes, cipher, write, fsync, one thread"}
    rows = [
        Row(label, mine, "s", name, statistics.median(seconds), limits.get(name), notes.get(name, ""))
        for name, seconds in found.items()
    ]
    sealed = folder / "sealed.age"
    run("age", "-r", recipient, "-o", sealed, source)
    for where, before in {"from the disk": settle, "from memory": warm}.items():
        rows.append(
            pair(
                f"get it back, {where}",
                _get(vault, folder / "back", f"T-{rounds}"),
                "age -d + fsync",
                _age_d(key, sealed, target),
                rounds=rounds,
                limit=1.4,
                before=partial(before, folder),
            )
        )
        rows.append(
            pair(
                f"verify content of {rounds} x {size >> 20} MiB, {where}",
                lambda: run(DVAULT, "verify", "--documents", environment=vault.environment),
                "restic check --read-data",
                lambda: run("restic", "check", "--read-data", environment=_restic(folder)),
                rounds=rounds,
                limit=1 / 1.5,
                before=partial(before, folder),
            )
        )
    fresh(rounds)
    memory = peak_memory(DVAULT, "disclose", source, "--to", "ganzhou", "--yes", environment=vault.environment)
    rows.append(Row(f"peak memory of disclose {size >> 20} MiB", memory, "MiB", limit=120))
    return rows


def _restic(folder: Path) -> dict[str, str]:
    return {"RESTIC_REPOSITORY": str(folder / "restic"), "RESTIC_PASSWORD": "bench"}


def _backups(folder: Path, source: Path) -> dict[str, Work]:
    """What restic and borg do with the same file, each with a repository of its own."""
    borg = {"BORG_REPO": str(folder / "borg"), "BORG_PASSPHRASE": "bench", "BORG_BASE_DIR": str(folder)}
    run("restic", "init", environment=_restic(folder))
    run("borg", "init", "-e", "repokey-blake2", environment=borg)
    return {
        "restic backup": lambda: run("restic", "backup", source, environment=_restic(folder)),
        "borg create": lambda: run("borg", "create", f"::{os.urandom(4).hex()}", source, environment=borg),
    }


def _get(vault: Desk, target: Path, number: str) -> Work:
    def get() -> None:
        target.unlink(missing_ok=True)
        run(DVAULT, "get", number, "-o", target, environment=vault.environment)

    return get


def _age_d(key: Path, sealed: Path, target: Path) -> Work:
    def age_d() -> None:
        target.unlink(missing_ok=True)
        run("age", "-d", "-i", key, "-o", target, sealed)
        sync(target)

    return age_d


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

    peers: dict[str, Work] = {"age + fsync": age, **_backups(folder, source)}
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
    from cli.names import COMMANDS

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


MEASURES = {"large": large, "small": small, "help": help_}
