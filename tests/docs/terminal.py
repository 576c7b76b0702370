"""A terminal of so many columns in front of a transcript's home: colours and tables, as people see them."""

import os
import pty
import subprocess
from fcntl import ioctl
from struct import pack
from termios import TIOCSWINSZ

from tests.transcript import Home

ROWS = 200
SECONDS = 120


def see(home: Home, line: str, columns: int) -> str:
    """What `line` shows: first what it writes to the terminal, then what it says on stderr.

    Only standard output is the terminal, so that nobody is asked anything and no progress is drawn.
    """
    mine, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, pack("4H", ROWS, columns, 0, 0))
    environment = {**home.environment, "TERM": "xterm-256color", "COLUMNS": str(columns)}
    shell = subprocess.Popen(
        ["bash", "-c", line], cwd=home.folder, env=environment,
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
