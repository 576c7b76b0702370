"""Folders that may only be read, for a user whom modes bind: root too, once it has given up overriding them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.desk import Desk

# util-linux is on every Debian. Without these two capabilities root is an owner like any other.
_BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody may write in it or below, until the block has ended."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    try:
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def dvault(desk: Desk, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The real program, bound by modes."""
    return subprocess.run(
        [*(_BOUND if os.geteuid() == 0 else ()), sys.executable, "-m", "cli.main", *arguments], cwd=desk.folder,
        env={**os.environ, **desk.environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    """All files below it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
