"""What `dvault verify --documents` says of a vault, asked in process: the same opening, the same check.

The identity is unlocked anew only where its file is another: Argon2id costs 0.1 s, and nobody damages the rest by it.
"""

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from cli.exits import ending_of
from keys import durable, identity_file, locks
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from tests.damage.vaults import WORDS
from tests.vault.machine import START, Clock, Machine
from vault import opening
from vault.checking.steps import check
from vault.folder import read_config
from vault.verify.report import REQUIRED, Report

HOUSEKEEPING = ("-wal", "-shm")


class Answer(StrEnum):
    """How it ended."""

    REFUSED = "refused"  # not opened, with an error meant for people
    FAULTY = "faulty"  # a verdict that is required is BROKEN or NOT PROVEN
    GREEN = "green"
    CRASHED = "crashed"  # by an error nobody thought of


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer, and all that a person would read of it."""

    answer: Answer
    words: str

    @property
    def noticed(self) -> bool:
        """Whether anybody could have seen it."""
        return self.answer in (Answer.REFUSED, Answer.FAULTY)


def judge(machine: Machine) -> Outcome:
    """Open and verify it."""
    try:
        config = read_config(machine.place)
        identity = unlocked(machine.identity.path)
        archive = opening.open_archive(machine.place, config, identity, machine.pins, Clock(START))
        try:
            return _of(check(archive, documents=True))
        finally:
            archive.database.close()
    except Exception as exc:
        ending = ending_of(exc)
        crashed = "a defect of dvault" in ending.message
        return Outcome(Answer.CRASHED if crashed else Answer.REFUSED, f"{ending.message}\n{ending.hint}")


_OPENED: dict[bytes, OpenIdentity] = {}


def unlocked(path: Path) -> OpenIdentity:
    """The identity in the file as it lies there."""
    data = durable.read(path, locks.MAX_FILE + 1)
    if data not in _OPENED:
        _OPENED[data] = identity_file.load(path).unlock([Passphrase(lambda: WORDS)])
    return replace(_OPENED[data], path=path)


def _of(report: Report) -> Outcome:
    if report.passes():
        return Outcome(Answer.GREEN, "\n".join(report.remarks))
    return Outcome(Answer.FAULTY, "\n".join(str(fault) for verdict in REQUIRED for fault in report.faults[verdict]))


def contents(folder: Path | str) -> dict[str, bytes]:
    """Every file that has to stay as it is, by its name below `folder`."""
    found: dict[str, bytes] = {}
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            found |= {f"{entry.name}/{name}": data for name, data in contents(entry.path).items()}
        elif Path(entry.path).is_file() and not entry.name.endswith(HOUSEKEEPING):
            with open(entry.path, "rb", buffering=0) as file:  # noqa: PTH123  (twice as fast; it is called for each flip)
                found[entry.name] = file.read()
    return found
