"""What is done to much at once: thousands of small documents, the check of a long ledger, its documents read back."""

import os
import statistics
import sys
import time
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from keys import age
from keys.vrf import IndexKey
from tests.bench.timing import Row, in_turn, pair, peak_memory, run, sync
from tests.desk import Desk
from vault.archive import Archive
from vault.checking.steps import check
from vault.evidence import ed25519, terms
from vault.evidence import entry as entries
from vault.evidence.chain import Chain
from vault.evidence.vrf import term_input

DVAULT = Path(sys.executable).with_name("dvault")
_SIZE = 16 << 10
_RATE = "entries/s"


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


def long(folder: Path, quick: bool) -> list[Row]:
    """The check of a long ledger beside what its signatures alone would cost, and what of it is structure."""
    size, rounds = (5_000, 1) if quick else (100_000, 3)
    vault = Desk(folder)
    vault.grow(size)
    with vault.opened() as archive:
        leaves = list(archive.ledger.leaves())
        limits, structures, signed, whole = in_turn(
            [
                lambda: _signatures(archive, leaves[: size // 10]) * 10,
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


MEASURES = {"many": many, "long": long}
