"""Single bytes that rot: each byte of each file flipped once, and what `verify --documents` says of it.

Pages of ledger.db that opening does not read are judged together, one byte in each of them at a time: every page has to
be named by its own number, which asks more than that the verdict is not green. All else is flipped alone.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.damage.judging import Answer, contents, judge
from tests.damage.vaults import Vaults, restored
from tests.vault.machine import Machine
from vault.database import PAGE

FRAME_HEADER, LOG_HEADER = 24, 32  # bytes, https://www.sqlite.org/fileformat2.html#walformat
SEED = 4711
STRIDE = 83  # bytes, where none is ever read


@dataclass(frozen=True, slots=True)
class Flip:
    """One byte of a file, and the words by which whoever reads the answer finds the damage."""

    offset: int
    named: str

    @property
    def mask(self) -> int:
        """Another bit for each place."""
        return 1 << self.offset % 8


Flips = tuple[Flip, ...]  # made at once


@dataclass(frozen=True, slots=True)
class Target:
    """A file of one vault: all flips of it, those of its structure, and why some are without effect, if they are."""

    name: str
    vault: str
    path: Path  # relative to the machine's folder
    flips: tuple[Flips, ...]
    structure: tuple[Flips, ...] = ()
    harmless: str = ""

    def sample(self, count: int) -> list[Flips]:
        """`count` of its structure and as many spread over the file, the same ones in every run."""
        random = Random(f"{SEED} {self.name}")
        structure = self.structure[:: max(1, len(self.structure) // count)]
        width = max(1, len(self.flips) // count)
        parts = [self.flips[start : start + width] for start in range(0, len(self.flips), width)]
        return [*structure, *(random.choice(part) for part in parts)]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one trial: nothing wrong if all is False."""

    flips: int
    unnoticed: bool = False
    unnamed: bool = False
    crashed: bool = False
    changed: bool = False
    words: str = ""

    def fault(self, target: "Target") -> str:
        """What is wrong with how it was met, in one word; `explained` where it had no effect, with a reason."""
        if self.unnoticed and target.harmless and not self.crashed:
            return "explained"
        faults = ("crashed", "unnoticed", "unnamed", "changed")
        return next((name for name in faults if getattr(self, name)), "")


def targets(vaults: Vaults) -> Iterator[Target]:
    """Every file but vault.toml, the lock, and -shm, which SQLite makes anew."""
    plain = vaults.plain
    (pin,) = (plain.folder / "pins").iterdir()
    yield _text("identity", plain, plain.identity.path, re.escape(str(Path("identity"))))
    yield _text("pin", plain, pin, r"\bpin")
    yield _text("keyring", plain, plain.place.keyring, "keyring")
    for number, path in enumerate(sorted(plain.place.segments.iterdir()), 1):
        yield _bytes(f"segment {number}", plain, path, path.name)
    yield from _pages(vaults.classic)
    yield _log(vaults.logged)
    yield _stale(vaults.restarted)


def _text(name: str, machine: Machine, path: Path, named: str) -> Target:
    """Structure: the ends of lines."""
    data = path.read_bytes()
    ends = [at for at, byte in enumerate(data) if byte == 0x0A]
    return _target(name, machine, path, range(len(data)), named, structure=ends)


def _bytes(name: str, machine: Machine, path: Path, named: str) -> Target:
    size = path.stat().st_size
    return _target(name, machine, path, range(size), named, structure=[0, 15, 16, size - 17, size - 16, size - 1])


def _pages(machine: Machine) -> Iterator[Target]:
    """Pages that opening reads, each byte by itself; and the others, one byte of each at once."""
    path = machine.place.database
    count = path.stat().st_size // PAGE
    late = [page for page in range(count) if _opens(machine, page)]
    early = [page * PAGE + at for page in range(count) if page not in late for at in range(PAGE)]
    heads = [*range(16), *(at for at in early if at % PAGE in _EDGES)]
    yield _target("ledger.db, pages read at opening", machine, path, early, r"ledger\.db", structure=heads)
    together = tuple(
        tuple(Flip(page * PAGE + at, rf"ledger\.db.*\bpage {page + 1}\b") for page in late) for at in range(PAGE)
    )
    edges = tuple(together[at] for at in _EDGES)
    yield Target("ledger.db, other pages", _name(machine), path.relative_to(machine.folder), together, edges)


# The first byte and the last of content, initialization vector and authentication code.
_EDGES = (0, PAGE - 81, PAGE - 80, PAGE - 65, PAGE - 64, PAGE - 1)


def _opens(machine: Machine, page: int) -> bool:
    """Whether the vault is opened, and judged, with this page damaged."""
    with _flipped(machine.place.database, (Flip(page * PAGE + PAGE // 2, ""),)):
        return judge(machine).answer is Answer.FAULTY


def _log(machine: Machine) -> Target:
    """Every byte of a log that holds the last entry."""
    path = _log_of(machine)
    size = path.stat().st_size
    frames = range(LOG_HEADER, size, FRAME_HEADER + PAGE)
    heads = [*range(LOG_HEADER), *(start + at for start in frames for at in range(0, FRAME_HEADER, 4))]
    return _target("ledger.db-wal", machine, path, range(size), r"ledger\.db-wal", structure=heads)


def _stale(machine: Machine) -> Target:
    """What an earlier round left behind the last frame: it is in ledger.db already, and SQLite never reads it again."""
    path = _log_of(machine)
    data = path.read_bytes()
    frame = FRAME_HEADER + PAGE
    salts = data[16:24]
    ends = [at for at in range(LOG_HEADER, len(data), frame) if data[at + 8 : at + 16] != salts]
    target = _target("ledger.db-wal, behind its end", machine, path, range(ends[0], len(data), STRIDE), "")
    return Target(
        target.name, target.vault, target.path, target.flips, harmless="folded into ledger.db before, never read again"
    )


def _log_of(machine: Machine) -> Path:
    return machine.place.database.with_name("ledger.db-wal")


def _target(
    name: str, machine: Machine, path: Path, offsets: Sequence[int], named: str, structure: Sequence[int] = ()
) -> Target:
    flips = tuple((Flip(at, named),) for at in offsets)
    heads = tuple((Flip(at, named),) for at in structure)
    return Target(name, _name(machine), path.relative_to(machine.folder), flips, heads)


def _name(machine: Machine) -> str:
    return machine.folder.name


@contextmanager
def _flipped(path: Path, flips: Flips) -> Iterator[None]:
    """The bytes are flipped in place, and put back unless the file is gone."""
    _apply(path, flips)
    try:
        yield
    finally:
        if path.exists():
            _apply(path, flips)


def _apply(path: Path, flips: Flips) -> None:
    with path.open("r+b", buffering=0) as file:
        for flip in flips:
            file.seek(flip.offset)
            (byte,) = file.read(1) or b"\0"
            file.seek(flip.offset)
            file.write(bytes([byte ^ flip.mask]))


@dataclass(slots=True)
class Bench:
    """One target on a copy of its vault; `original` is never touched."""

    target: Target
    original: Machine
    machine: Machine

    def trial(self, flips: Flips) -> Tried:
        """Flip, ask, compare all files with what they were, put back."""
        path = self.machine.folder / self.target.path
        with _flipped(path, flips):
            before = contents(self.machine.folder)
            log = _content(path)
            outcome = judge(self.machine)
            refused = outcome.answer is Answer.REFUSED
            changed = outcome.noticed and contents(self.machine.folder) != before
            changed = changed or (refused and _content(path) != log)
        if outcome.answer is Answer.GREEN or changed:
            restored(self.machine, self.original)
        unnamed = not all(re.search(flip.named, outcome.words) for flip in flips)
        return Tried(
            len(flips), not outcome.noticed, outcome.noticed and unnamed, outcome.answer is Answer.CRASHED, changed,
            outcome.words,
        )  # fmt: skip


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
