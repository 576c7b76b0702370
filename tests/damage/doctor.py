"""What `dvault doctor --documents` says of a vault, asked in process."""

import os
from pathlib import Path

from tests.damage.judging import unlocked
from tests.vault.machine import START, Clock, Machine
from vault import doctoring, opening, remains
from vault.doctoring import Finding
from vault.folder import read_config


def examined(machine: Machine) -> list[str]:
    """Each finding in one line, in the order of the command."""
    outside = [Path(os.path.realpath(machine.identity.path)), machine.folder / machine.pinned_in]
    found = [*_found(machine), *(finding for path in outside for finding in doctoring.modes(path))]
    return [f"{one.what} | lost: {one.lost} | next: {one.next}" for one in found]


def _found(machine: Machine) -> list[Finding]:
    try:
        identity = unlocked(machine.identity.path)
        archive = opening.open_archive(machine.place, read_config(machine.place), identity, machine.pins, Clock(START))
    except remains.REFUSALS as exc:
        return remains.examine(exc, machine.place, machine.identity.path)
    try:
        return doctoring.examine(archive, documents=True)
    finally:
        archive.database.close()
