"""Transcripts: commands and what they print, replayed with the real program against a new vault.

A transcript is text, or the `console` blocks of a Markdown file. A line `$ command` is run by bash (`> ` goes on where
a line ended in a backslash); what follows is all it prints, stdout and stderr as they come, and `[exit 4]` where it
isn't 0. What differs from run to run (times, hashes, keys) is shown as it once was and compared by its form alone.
`python -m tests.transcript FILE...` runs files and writes down what has changed.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLERK = "~"  # what the folder of a run is called in transcripts

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CHANGING = (
    (rf"\b[0-9]{{1,2}} (?:{_MONTH}) [0-9]{{4}} [0-9]{{2}}:[0-9]{{2}} [A-Z]{{3,4}}\b", "<time>"),
    (rf"\b[0-9]{{1,2}} (?:{_MONTH}) [0-9]{{4}}\b", "<day>"),
    (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(?:Z|[+-][0-9]{2}:[0-9]{2})", "<instant>"),
    (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}[+-][0-9]{2}:[0-9]{2}", "<day>"),
    (r"\b[0-9a-f]{64}\b", "<hash>"),
    (r"\b(?:[0-9a-f]{4} ){15}[0-9a-f]{4}\b", "<fingerprint>"),
    (r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{8,}=*", "+<key>"),
    (r"\b(?:dvault_public_v1_|age1|AGE-SECRET-KEY-)[A-Za-z0-9_-]{40,}", "<key>"),
    (r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=", "<base64>"),
    (r"(?m)^(— \S+) [A-Za-z0-9+/=]{40,}$", r"\1 <signature>"),
    (r"\b[0-9]+\.[0-9]+ seconds", "<duration>"),
    (r'"seconds": ?[0-9.e-]+', '"seconds": <duration>'),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, what it is to print (with its exit line), and where its output stands: lines [start, stop)."""

    command: str
    expected: str
    start: int
    stop: int


def steps(lines: list[str], *, markdown: bool) -> Iterator[Step]:
    """The steps of a transcript's lines."""
    inside, at = not markdown, 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if markdown and line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            command = [line[2:]]
            while command[-1].endswith("\\"):
                command.append(lines[at].removeprefix("> "))
                at += 1
            start = at
            while at < len(lines) and not lines[at].startswith(("$ ", "```", "# ")):
                at += 1
            yield Step("\n".join(command), "\n".join(lines[start:at]).rstrip("\n"), start, at)


def alike(text: str) -> str:
    """`text` with what differs from run to run replaced by what it is."""
    for pattern, name in _CHANGING:
        text = re.sub(pattern, name, text)
    return text


class Home:
    """A home folder with the sample documents, where commands are run as a clerk runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for sample in (ROOT / "cli" / "samples").iterdir():
            (folder / sample.name).write_bytes(sample.read_bytes())
        (folder / ".passphrase").write_text("a passphrase of the transcripts\n")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVAULT", "XDG_", "LC_"))}
        self.environment = {
            **kept,
            "HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "DVAULT_PASSPHRASE_FILE": str(folder / ".passphrase"),
            "TZ": "Europe/Berlin",
            "LANG": "C.UTF-8",
        }

    def run(self, command: str) -> str:
        """What bash and the program print, and the exit line."""
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=120,
        )  # fmt: skip
        text = done.stdout.decode().replace(str(self.folder), CLERK).rstrip("\n")
        return text + (f"\n[exit {done.returncode}]" if done.returncode else "")


def replay(path: Path, folder: Path) -> tuple[str, list[str]]:
    """Run a transcript in `folder`; returns its text with what was printed now, and the differences that matter."""
    lines = path.read_text(encoding="utf-8").split("\n")
    home = Home(folder)
    differences: list[str] = []
    written, last = list[str](), 0
    for step in steps(lines, markdown=path.suffix == ".md"):
        found = home.run(step.command).lstrip("\n")
        same = alike(found) == alike(step.expected)
        if not same:
            told = unified_diff(alike(step.expected).split("\n"), alike(found).split("\n"), "expected", "found", n=9)
            differences.append(f"{path.name}: $ {step.command}\n" + "\n".join(told))
        kept = lines[step.start : step.stop]
        blank = [""] * (len(kept) - len("\n".join(kept).rstrip("\n").split("\n"))) if kept else []
        written += lines[last : step.start] + (kept if same else [*(found.split("\n") if found else []), *blank])
        last = step.stop
    return "\n".join(written + lines[last:]).rstrip("\n") + "\n", differences


def main() -> None:
    """Rewrite the files that are named with what the program prints now."""
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            text, differences = replay(Path(name), Path(folder))
        print("\n".join(differences) or f"{name}: as it was")
        Path(name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
