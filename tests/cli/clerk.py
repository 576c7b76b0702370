"""A clerk: the command line in this process, in a home folder of its own, with standard streams as a pipe has them."""

import json
import shlex
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli import main, settings
from tests.desk import Desk
from vault.records import matters, parties

# All that `doctor` says of a vault where nothing is wrong but that m1 alone is its custodian.
ALONE = """\
note: not safe: whoever loses the identity of m1 loses this vault, it has no other custodian
  next: dvault keys recovery create, or dvault keys member add PUBLIC --role custodian
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on stdout."""
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        """Its one line of JSON."""
        (line,) = self.lines
        return json.loads(line)


class Clerk:
    """`clerk("party list")` runs a command line as a shell would split it; `clerk.run(*arguments)` takes them split."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.desk = desk
        self.folder = desk.folder
        self._patch = monkeypatch
        self._captured = capfd
        monkeypatch.chdir(desk.folder)
        for name in settings.VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in {**desk.environment, "TZ": "Europe/Berlin"}.items():
            monkeypatch.setenv(name, value)
        time.tzset()

    def __call__(self, line: str, code: int = 0) -> Said:
        return self.run(*shlex.split(line), code=code)

    def run(self, *arguments: str, code: int = 0) -> Said:
        """Run; the exit code has to be `code`."""
        self._patch.setattr(sys, "argv", ["dvault", *arguments])
        self._captured.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run()
        out, err = self._captured.readouterr()
        said = Said(int(ended.value.code or 0), out, err)
        assert said.code == code, err
        return said

    def file(self, name: str, content: bytes = b"content") -> Path:
        """A file in the clerk's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


def template(folder: Path, *lines: str, documents: dict[str, bytes]) -> Desk:
    """A vault with some parties, where `lines` were run; to be copied by tests.

    P-0001 Ganzhou Magnet, P-0002 MOFCOM, P-0003 counsel with an NDA; S-0001; M-0001; R-0001.
    """
    desk = Desk(folder, origin="magnets.example/disclosures")
    drafts = [
        parties.draft("party", {"name": "Ministry of Commerce", "role": "authority", "alias.*": ["MOFCOM"]}),
        parties.draft("party", {"name": "Müller & Söhne", "role": "counsel", "country": "DE", "nda": "2025"}),
        parties.draft("subject", {"name": "Società Magneti", "country": "IT"}),
        parties.draft("matter", {"title": "Licence E3", "authority": "MOFCOM", "number": "2026-117"}),
        matters.draft_request({"text": "send everything", "from": "MOFCOM", "scope": "beyond"}, None),
    ]
    with desk.opened() as archive:
        archive.append(drafts)
    for name, content in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for line in lines:
        desk.dvault(*shlex.split(line))
    return desk


def copy(desk: Desk, folder: Path) -> Desk:
    """The same vault, identity and state again, for a test that changes them."""
    shutil.copytree(desk.folder, folder)
    return desk.moved(folder)


def fields(clerk: Clerk, id_: str = "T-1") -> dict[str, object]:
    """The fields of a transmittal, as shown."""
    found: dict[str, object] = clerk(f"show {id_} --json").json["fields"]
    return found
