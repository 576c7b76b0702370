"""Back from three of five printed cards and a bucket, by the lines of docs/operations.md as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backup.weed import Weed
from tests.cli.terminal import Terminal
from tests.desk import Desk
from tests.docs.documents import ROOT
from tests.reports.test_paper import text_of

_WORDS = re.compile(" ".join(f"{place} ([a-z]+)" for place in range(1, 34)))
_CHECK = re.compile(r"key-check value ([0-9a-f]{4}(?: [0-9a-f]{4}){3})")


class Follower:
    """Somebody on a machine with nothing on it, who types the lines of a document; `fill` replaces its placeholders."""

    def __init__(self, folder: Path, environment: dict[str, str], fill: dict[str, str]) -> None:
        folder.mkdir()
        (folder / "passphrase").write_text("of the new machine")
        ours = {"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "DVAULT_PASSPHRASE_FILE": "passphrase"}
        self.folder, self.fill = folder, fill
        self.environment = {**environment, **{name: str(folder / value) for name, value in ours.items()}}

    def read(self, line: str) -> tuple[dict[str, str], list[str]]:
        """The environment and the arguments of a line."""
        assigned, _, rest = line.partition(" ")
        name, _, value = assigned.partition("=")
        words = rest.split()
        assert words.pop(0) == "dvault"
        filled = [self.fill.get(word, word) for word in words]
        return {**self.environment, name: str(self.folder / value)}, filled

    def does(self, line: str, code: int = 0) -> str:
        """Standard output of the line, which has to end with this exit code."""
        environment, arguments = self.read(line)
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments], cwd=self.folder, env={**os.environ, **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, (line, done.stderr)
        return done.stdout

    def types(self, line: str) -> Terminal:
        """The line on a terminal."""
        environment, arguments = self.read(line)
        return Terminal(self.folder, environment, *arguments)


@pytest.fixture
def lost(weed: Weed, bucket: str, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What is left of a desk: the text of its cards, the address of its bucket."""
    for name, value in weed.environment().items():
        monkeypatch.setenv(name, value)
    url, desk = f"s3://{bucket}/{prefix}", Desk(tmp_path / "desk")
    (desk.folder / "a.txt").write_text("hello")
    desk.dvault("disclose", "a.txt", "--to", "ganzhou", "--yes")
    desk.dvault("keys", "recovery", "create", "--threshold", "3", "--shares", "5", "-o", "cards.pdf")
    desk.dvault("backup", "init", url, "--retain", "1d", "--mode", "governance")
    desk.dvault("backup", "run")
    return text_of((desk.folder / "cards.pdf").read_bytes()), url


def test_operations_bring_back_a_vault_from_cards(weed: Weed, lost: tuple[str, str], tmp_path: Path) -> None:
    printed, url = lost
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    section = text.split("## When nobody is left who can open it\n", 1)[1].split("\n## ", 1)[0]
    back, successor, taking_over = (block.split("\n") for block in _blocks(section))
    fingerprint = re.findall(r"fingerprint of the vault ([0-9a-f]{64})", printed)[0]
    fill = {"F": fingerprint, "s3://BUCKET/PREFIX": url}
    follower = Follower(tmp_path / "clean", weed.environment(), fill)

    terminal = follower.types(back[0]).saw("Check value").type(_CHECK.findall(printed)[0])
    for number, card in enumerate((4, 0, 2), 1):
        terminal.saw(f"Words of card {number}").type(" ".join(_WORDS.findall(printed)[card]))
        terminal.saw(f"share {card + 1}: the words are right")
    assert terminal.saw("fingerprint ").end() == 0
    for line in back[1:]:
        follower.does(line)
    public = follower.does(successor[0]).splitlines()[-1]
    follower.fill["PUBLIC"] = public
    assert follower.does(successor[1]) == "m3\n"
    for line in taking_over[:-1]:
        follower.does(line)
    assert follower.does(taking_over[-1]) == "nothing found\n"

    assert follower.does("DVAULT_IDENTITY=mine dvault --vault vault get T-1/1 -o back.txt")
    assert (follower.folder / "back.txt").read_text() == "hello"
    follower.does("DVAULT_IDENTITY=recovered dvault --vault vault log", code=3)


def _blocks(section: str) -> list[str]:
    return re.findall(r"^```\n(.*?)\n```$", section, re.DOTALL | re.MULTILINE)
