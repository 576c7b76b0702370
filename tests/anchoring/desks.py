"""A vault whose checkpoints are stamped by a TSA of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority
from tests.anchoring.serving import Server
from tests.vault.machine import START, Clock, Machine
from vault import stamping
from vault.anchoring.tsas import Tsa
from vault.archive import Archive
from vault.errors import Stopped


@dataclass
class Stamped:
    """A vault of six entries, one TSA that stamps it, and the server it answers at."""

    machine: Machine
    tsa: Authority
    server: Server

    @contextmanager
    def opened(self, clock: Clock | None = None, *others: Tsa) -> Iterator[Archive]:
        with self.machine.opened(clock) as archive:
            archive.config = replace(archive.config, tsas=(tsa_at(self.server, self.tsa), *others))
            yield archive

    @property
    def anchors(self) -> Path:
        return self.machine.place.anchors.path


def tsa_at(server: Server, authority: Authority, name: str = "one") -> Tsa:
    return Tsa(name, server.url, authority.folder / "root.pem")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def interrupted(desk: Stamped) -> None:
    """Stamp with a clock that is behind: all is kept, and then the entry is refused."""
    with desk.opened(Clock(START - timedelta(days=1))) as archive, pytest.raises(Stopped):
        stamping.anchor(archive)
    assert len(files(desk.anchors)) == 3
