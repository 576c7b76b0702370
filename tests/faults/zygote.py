"""A process that has loaded dvault and forks for each run: loading it takes longer than most runs.

It also stretches passphrases cheaply, since Argon2id would take most of the rest; tests/faults/passphrases.py makes
identities to match. Every other step is the program's own.

Asked by lines of JSON on standard input. The fork stops itself before it runs the command, so that strace can be
attached while nothing happens; told on standard output are its number once it has stopped, and its status at its end.
"""

import ctypes
import gc
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from nacl import bindings

PACKAGES = ("cli", "vault", "keys")
LONGEST = 180  # seconds that a command may take; then it is ended by SIGALRM, for it hangs

_PR_SET_PTRACER, _ANYBODY = 0x59616D61, -1  # prctl(2), for machines where only ancestors may trace


def main() -> None:
    """Serve until standard input ends."""
    _load()
    gc.freeze()  # so that forks copy fewer pages
    print("ready", flush=True)
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if (child := os.fork()) == 0:
            os._exit(_become(asked))
        _, status = os.waitpid(child, os.WUNTRACED)
        print(child, flush=True)
        while os.WIFSTOPPED(status):
            _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _load() -> None:
    bindings.crypto_pwhash_alg = _cheaply(bindings.crypto_pwhash_alg)  # before keys.profiles takes it from there
    for name in PACKAGES:
        for found in pkgutil.walk_packages(import_module(name).__path__, f"{name}."):
            import_module(found.name)


def _cheaply(stretch: Callable[..., bytes]) -> Callable[..., bytes]:
    """libsodium's function, asked for less than it is told to."""

    def stretch_cheaply(size: int, passphrase: bytes, salt: bytes, _passes: int, _memory: int, algorithm: int) -> bytes:
        return stretch(size, passphrase, salt, 1, 8192, algorithm)

    return stretch_cheaply


def _become(asked: dict[str, Any]) -> int:
    """Be the command asked for, its standard streams on files; its exit code.

    Only what Python does of itself at the end is left out: a fork pays for each page that it would tidy up.
    """
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, asked["stdout"], _NEW),
        (2, asked["stderr"], _NEW),
    ):
        opened = os.open(name, flags)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir("/")
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["dvault", *asked["arguments"]]
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
    signal.alarm(LONGEST)
    os.kill(os.getpid(), signal.SIGSTOP)
    from cli.main import run

    try:
        run()
    except SystemExit as exc:
        sys.stdout.flush()
        return int(exc.code or 0)
    raise RuntimeError("dvault ends by SystemExit")


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    main()
