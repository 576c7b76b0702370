"""A newcomer at a terminal: a home of his own, the sample documents, a shell that runs what the documents say."""

import os
import pty
import secrets
import subprocess
import sys
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

from tests.samples import SAMPLES

ROWS = 200
SECONDS = 120


class Newcomer:
    """A person without a vault: HOME is `folder`, which holds the samples; the passphrase comes from a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, make in SAMPLES.items():
            (folder / name).write_bytes(make())
        passphrase = folder / ".passphrase"
        passphrase.write_text(secrets.token_urlsafe(16))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVAULT_", "XDG_"))}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
        own = {"HOME": str(folder), "PATH": path, "TZ": "Europe/Berlin", "DVAULT_PASSPHRASE_FILE": str(passphrase)}
        self.environment = kept | own

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """What a shell does with `line`, output apart from talk."""
        return subprocess.run(
            ["/bin/sh", "-ec", line], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip

    def see(self, line: str, columns: int) -> str:
        """What `line` shows on a terminal of so many columns: its colours and tables, then what it says on stderr.

        Only standard output is the terminal, so that nobody is asked anything and no progress is drawn.
        """
        mine, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, pack("4H", ROWS, columns, 0, 0))
        environment = {**self.environment, "TERM": "xterm-256color", "COLUMNS": str(columns)}
        shell = subprocess.Popen(
            ["/bin/sh", "-ec", line], cwd=self.folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(theirs)
        shown = _read(mine)
        said = shell.communicate(timeout=SECONDS)[1]
        assert shell.returncode == 0, said.decode()
        return (shown + said).decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """All that is written to the other end until it is closed, which Linux reports as an error."""
    parts = []
    try:
        while part := os.read(terminal, 1 << 16):
            parts.append(part)
    except OSError:
        pass
    os.close(terminal)
    return b"".join(parts)
