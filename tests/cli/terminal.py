"""A terminal of 80 columns with the real program on it, typed into as a person would."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)")
PATIENCE = 60.0  # seconds for a line that should come at once, on a machine that does much else


class Terminal:
    """`saw` waits for words on the screen; `type` sends a line; `end` waits for the exit code.

    `screen` is what was written, without the commands to the terminal that `raw` has.
    """

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self._handle, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", *arguments], cwd=folder, stdin=other, stdout=other, stderr=other,
            env={**kept, "TERM": "xterm", "NO_COLOR": "1", **environment}, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - passphrases go to /dev/tty
        )  # fmt: skip
        os.close(other)
        self.screen = self.raw = ""
        self._seen = 0

    def saw(self, words: str) -> "Terminal":
        """Wait until the words stand on the screen, after those that were waited for before."""
        until = time.monotonic() + PATIENCE
        while (found := self.screen.find(words, self._seen)) < 0:
            assert time.monotonic() < until, self.screen
            self._read()
        self._seen = found + len(words)
        return self

    def type(self, line: str) -> "Terminal":
        """Type a line."""
        os.write(self._handle, line.encode() + b"\n")
        return self

    def interrupt(self) -> int:
        """Press Ctrl-C until it ends, as people do: one press may fall between two looks for it. The exit code."""
        until = time.monotonic() + PATIENCE
        while True:
            os.write(self._handle, b"\x03")
            pause = time.monotonic() + 3
            while time.monotonic() < pause:
                if not self._read():
                    return self.end()
            assert time.monotonic() < until, self.screen

    def end(self) -> int:
        """The exit code; what was printed until then is on the screen."""
        until = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < until, self.screen
        os.close(self._handle)
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        """Whatever is left of it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _read(self) -> bool:
        """Take in what there is; False at the end."""
        ready, _, _ = select.select([self._handle], [], [], 1)
        if not ready:
            return True
        try:
            data = os.read(self._handle, 65_536)
        except OSError:  # Linux's way to say that the other side is closed
            return False
        text = data.decode("utf-8", "replace")
        self.raw += text
        self.screen += _ANSI.sub("", text).replace("\r\n", "\n")
        return bool(data)
