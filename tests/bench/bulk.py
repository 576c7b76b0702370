"""What is done to much at once: thousands of small documents, sealed in one call and read back."""

import os
import statistics
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from keys import age
from keys.vrf import IndexKey
from tests.bench.timing import Row, in_turn, pair, peak_memory, run, sync
from tests.desk import Desk
from vault.evidence import terms
from vault.evidence.vrf import term_input

DVAULT = Path(sys.executable).with_name("dvault")
_SIZE = 16 << 10


def many(folder: Path, quick: bool) -> list[Row]:
    """Thousands of documents of 16 KiB in one call, beside restic doing the same and the floor of this machine."""
    count, rounds = (2_000, 1) if quick else (10_000, 3)
    vault, source = Desk(folder), folder / "many"
    source.mkdir()
    repository = {"RESTIC_REPOSITORY": str(folder / "restic"), "RESTIC_PASSWORD": "bench"}
    run("restic", "init", environment=repository)
    mine: list[float] = []
    theirs: list[float] = []
    floors: list[float] = []
    for _ in range(rounds):
        for number in range(count):
            (source / f"{number:05}").write_bytes(os.urandom(_SIZE))
        os.sync()
        ours, peer, floor = in_turn(
            [
                lambda: run(DVAULT, "disclose", source, "--to", "ganzhou", "--yes", environment=vault.environment),
                lambda: run("restic", "backup", source, environment=repository),
                lambda: _floor(source, folder / "floor"),
            ],
            1,
        )
        mine, theirs, floors = mine + ours, theirs + peer, floors + floor
    label, note = f"disclose {count} x 16 KiB", "one hybrid wrap and one tag each, both hashes, cipher, write, fsync"
    shown = statistics.median(mine)
    rows = [Row(label, shown, "s", "restic backup", statistics.median(theirs), 2.0, spread=tuple(mine))]
    rows.append(Row(label, shown, "s", "floor, one core", statistics.median(floors), None, note))
    verify = pair(
        f"verify content of {rounds * count} x 16 KiB",
        lambda: run(DVAULT, "verify", "--documents", environment=vault.environment),
        "restic check --read-data",
        lambda: run("restic", "check", "--read-data", environment=repository),
        rounds=rounds,
        limit=1 / 1.5,
    )
    memory = peak_memory(DVAULT, "verify", "--documents", environment=vault.environment)
    return [*rows, verify, Row("peak memory of verify --documents, one process of them", memory, "MiB")]


def _floor(source: Path, target: Path) -> None:
    """What the format costs at least: no file, no record, no ledger; one core."""
    recipient, index = age.generate(hybrid=True).recipient(), IndexKey(os.urandom(32))
    with target.open("wb", buffering=0) as sink:
        for path in source.iterdir():
            content = path.read_bytes()
            digest = sha256(content).digest()
            sealed = ChaCha20Poly1305(os.urandom(32)).encrypt(bytes(12), content, None)
            sha256(sealed).digest()
            recipient.wrap(os.urandom(16))
            index.tag(term_input(terms.document(digest)))
            sink.write(sealed)
    sync(target)


MEASURES = {"many": many}
