"""Whole files that are damaged: cut, extended, swapped, put back older, gone, of another kind, not to be read.

Each is done to each file of a copy, judged in a child process that may not wait forever, and looked at by the doctor.
"""

import json
import os
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.damage.doctor import examined
from tests.damage.judging import Answer, Outcome, contents, judge
from tests.damage.vaults import Vaults
from tests.vault.machine import Machine
from vault.database import PAGE

NOBODY = 65_534
PATIENCE = 60  # seconds; then the child is taken to hang
SEED = 4711

Deed = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Damage:
    """What is done to a file.

    `silent` says why verify may well be green; `doctored` whether the doctor has to name the file; `noted` why opening
    writes the file anew.
    """

    name: str
    deed: Deed
    silent: str = ""
    doctored: bool = True
    noted: str = ""
    as_nobody: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the child saw: the answer of verify, the findings of the doctor, the names of files that are others now."""

    answer: str
    words: str
    findings: list[str]
    changed: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one damage to one file."""

    damage: Damage
    target: str
    outcome: Outcome
    findings: list[str]
    changed: list[str]

    @property
    def fault(self) -> str:
        """What is wrong with how it was met; empty if nothing."""
        if self.outcome.answer is Answer.CRASHED:
            return "crashed"
        if self.changed and not self.damage.noted:
            return f"changed {', '.join(self.changed)}"
        if not self.outcome.noticed and not self.damage.silent:
            return "unnoticed"
        if self.damage.doctored and not self._named("\n".join(self.findings)):
            return "the doctor does not name it"
        if self.outcome.noticed and not self._named(self.outcome.words):
            return "unnamed"
        return ""

    def _named(self, words: str) -> bool:
        return any(name in words for name in names_of(self.target))


def names_of(target: str) -> tuple[str, ...]:
    """By which names people find it: of a log that cannot be told from its database, and of the pin, there are two."""
    name = Path(target).name
    if target.startswith("pins/"):
        return ("pin",)
    return {"ledger.db-wal": ("ledger.db",), "segments": ("segment", "notes.txt", "0" * 32, "pipe")}.get(name, (name,))


def targets(machine: Machine) -> list[str]:
    """Every file that a damage is done to, and the folder of segments."""
    files = [str(path.relative_to(machine.folder)) for path in machine.folder.rglob("*") if path.is_file()]
    return ["vault/segments", *sorted(name for name in files if not name.endswith(("-shm", "lock", "vault.toml")))]


def damages(vaults: Vaults, machine: Machine, target: str) -> Iterator[Damage]:
    """All that is done to one file of `machine`, a copy of one of `vaults`, or to its folder of segments."""
    if (machine.folder / target).is_dir():
        yield from _of_folder(vaults)
    else:
        yield from _of_file(vaults, machine, target)


def short(target: str) -> str:
    """The target without random names."""
    head, _, _ = target.removeprefix("vault/").partition("/")
    return {"pins": "pin", "segments": "segment"}.get(head, head) if target != "vault/segments" else "segments (folder)"


def _of_folder(vaults: Vaults) -> Iterator[Damage]:
    yield Damage("deleted", shutil.rmtree)
    yield Damage("emptied", _emptied)
    yield Damage("a file in its place", _replaced(lambda path: path.write_bytes(b"")))
    yield Damage("a FIFO in its place", _replaced(lambda path: os.mkfifo(path, 0o600)))
    yield Damage("a dangling link in its place", _replaced(lambda path: path.symlink_to("nowhere")))
    yield Damage("that of twin", partial(_replaced_by, vaults.twin.place.segments))
    yield Damage("an unknown file in it", lambda path: (path / "notes.txt").touch(0o600), silent="nothing is missing")
    yield Damage("a segment too many", lambda path: (path / ("0" * 32)).touch(0o600), silent="nothing is missing")
    yield Damage("a FIFO in it", lambda path: os.mkfifo(path / "pipe", 0o600), silent="nothing is missing")
    yield Damage("mode 0755", lambda path: path.chmod(0o755), silent="the same bytes")
    yield Damage("mode 0000", lambda path: path.chmod(0), as_nobody=True)


def _emptied(path: Path) -> None:
    for one in path.iterdir():
        one.unlink()


def _replaced_by(folder: Path, path: Path) -> None:
    shutil.rmtree(path)
    shutil.copytree(folder, path)


def _of_file(vaults: Vaults, machine: Machine, target: str) -> Iterator[Damage]:
    data = (machine.folder / target).read_bytes()
    for size in lengths(target, len(data)):
        yield Damage(f"cut to {size} bytes", partial(_cut, size))
    for more in (b"\0", b"\n", b"x" * 100, bytes(PAGE), data):
        is_log = target.endswith("-wal")
        silent = "behind the last frame of a log nothing is read" if is_log else ""
        yield Damage(f"{len(more)} bytes added", partial(_append, more), silent, doctored=not is_log)
    yield Damage("zeros in its place", partial(_write, bytes(len(data))))
    unseen = _UNSEEN if target.startswith("pins/") else ""
    yield Damage("deleted", Path.unlink, doctored=not unseen, noted=unseen)
    yield from _kinds(target, unseen)
    yield from _swaps(vaults, machine, target, data)
    yield from _modes(doctored=not target.endswith("-wal"))  # which is folded before the doctor comes


_UNSEEN = "verify says that nothing was pinned, and the vault is pinned anew"


def lengths(target: str, size: int) -> list[int]:
    """Where it is cut: at its ends, at pages, one beside each, and anywhere."""
    random = Random(f"{SEED} {target.partition('/')[0]} {size}")
    pages = [page * PAGE + beside for page in {1, 2, size // PAGE - 1, size // PAGE} for beside in (-1, 0, 1)]
    wanted = {0, 1, 15, 16, 32, size // 2, size - 1, *pages, *(random.randrange(size) for _ in range(6))}
    return sorted(at for at in wanted if 0 <= at < size)


def _kinds(target: str, unseen: str) -> Iterator[Damage]:
    yield Damage("a folder in its place", _replaced(lambda path: path.mkdir(0o700)))
    yield Damage("a FIFO in its place", _replaced(lambda path: os.mkfifo(path, 0o600)))
    dangling = _replaced(lambda path: path.symlink_to("nowhere"))
    yield Damage("a dangling link in its place", dangling, doctored=not unseen, noted=unseen)
    yield Damage("a link to itself in its place", _replaced(lambda path: path.symlink_to(path.name)))
    links = target != "identity"  # which people keep elsewhere
    yield Damage("a link to the file, which lies elsewhere", _linked, silent="the same bytes", doctored=links)


def _swaps(vaults: Vaults, machine: Machine, target: str, data: bytes) -> Iterator[Damage]:
    for name in ("twin", "elsewhere", "older"):
        other = _counterpart(getattr(vaults, name), machine, target)
        if other is not None and (found := other.read_bytes()) != data:
            kind = target.partition("/")[0]
            silent = _STILL_TRUE.get(kind, "") if name == "older" or kind == "identity" else ""
            yield Damage(f"that of {name}", partial(_write, found), silent, doctored=not silent, noted=silent)


_STILL_TRUE = {
    "identity": "the same keys; what it had not noted of the vault yet, the pin says, and it is noted again",
    "pins": "what was seen then is still in the ledger; the pin goes forward again",
}


def _counterpart(other: Machine, machine: Machine, target: str) -> Path | None:
    """The file that does in another vault what `target` does in this one."""
    path = other.folder / target
    if path.exists():
        return path
    folder = other.folder / Path(target).parent
    siblings = sorted(folder.iterdir()) if folder.name in ("pins", "segments") else []
    return siblings[0] if siblings else None


def _modes(*, doctored: bool) -> Iterator[Damage]:
    yield Damage("mode 0644", lambda path: path.chmod(0o644), silent="the same bytes", doctored=doctored)
    yield Damage("mode 0000", lambda path: path.chmod(0), as_nobody=True)
    yield Damage("of another owner, who lets nobody read it", _given_away, as_nobody=True)


def _given_away(path: Path) -> None:
    path.chmod(0o600)
    os.chown(path, 0, 0)


def _cut(size: int, path: Path) -> None:
    os.truncate(path, size)


def _append(more: bytes, path: Path) -> None:
    with path.open("ab") as file:
        file.write(more)


def _write(data: bytes, path: Path) -> None:
    path.write_bytes(data)


def _replaced(make: Deed) -> Deed:
    def deed(path: Path) -> None:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        make(path)

    return deed


def _linked(path: Path) -> None:
    aside = path.with_name(".aside") if path.name == "identity" else path.parents[1] / "aside"
    shutil.copy2(path, aside)
    path.unlink()
    path.symlink_to(aside)


def trial(original: Machine, folder: Path, target: str, damage: Damage) -> Result:
    """Do it to a copy, verify, let the doctor look, and compare all bytes with what they were after the deed."""
    machine = original.copied(folder)
    try:
        if damage.as_nobody and os.geteuid() == 0:
            _give(folder)
        damage.deed(folder / target)
        said = _in_child(lambda: _asked(machine), nobody=damage.as_nobody and os.geteuid() == 0)
    finally:
        shutil.rmtree(folder)
    return Result(damage, target, Outcome(Answer(said.answer), said.words), said.findings, said.changed)


def _give(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def _asked(machine: Machine) -> Said:
    before = _contents(machine)
    outcome = judge(machine)
    findings = [] if outcome.answer is Answer.CRASHED else examined(machine)
    after = _contents(machine)
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    if outcome.answer is Answer.GREEN:
        changed = [name for name in changed if name != "vault/ledger.db"]  # the log was folded, as on any day
    return Said(outcome.answer, outcome.words, findings, changed)


def _contents(machine: Machine) -> dict[str, bytes]:
    try:
        return contents(machine.folder)
    except PermissionError:  # whoever cannot read it changes it no more
        return {}


def _in_child(ask: Callable[[], Said], *, nobody: bool) -> Said:
    """The answer of a forked child, as root or as nobody; the kernel ends it where it hangs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(PATIENCE)
            if nobody:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            with os.fdopen(writing, "w") as pipe:
                json.dump(asdict(ask()), pipe)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return Said(**json.loads(said)) if said else Said(Answer.CRASHED, "it hangs, or ended without an answer", [], [])
