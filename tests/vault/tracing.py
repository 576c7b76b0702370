"""Which system calls a piece of our code makes on its own files, and one of them made to fail (strace)."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CALL = re.compile(r"^([a-z0-9]+)\(")

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def traced(script: str, folder: Path, *faults: str) -> tuple[list[str], str]:
    """(names of the calls in their order, standard error) of `script`, which finds `folder` as its argument.

    Only calls that change something or flush it are shown, and only on paths below `folder`; `faults` are strace's.
    """
    log = folder.parent / "strace"
    shown = "--trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat"
    injected = [f"--inject={fault}" for fault in faults]
    command = [sys.executable, "-B", "-c", script, str(folder)]
    run = ["strace", "-qq", "-y", "-o", str(log), *([] if faults else [shown]), *injected, *command]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    lines = [line for line in log.read_text().splitlines() if str(folder) in line]
    return [found[1] for line in lines if (found := _CALL.match(line))], done.stderr
