"""The npm judge: the `age-encryption` package, which is by age's author and opens hybrid files."""

import base64
import fcntl
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent / "node"
_FILES = ("package.json", "package-lock.json", ".npmrc", "age.mjs")


@dataclass(frozen=True)
class Judge:
    """An installed judge; each method is one of its verbs and returns what it said, or raises `AssertionError`."""

    folder: Path

    def seal(self, recipients: list[str], plaintext: bytes) -> bytes:
        """An age file."""
        return self._ask("seal", recipients, plaintext)

    def open(self, identities: list[str], sealed: bytes) -> bytes:
        """The plaintext of an age file."""
        return self._ask("open", identities, sealed)

    def recipient(self, identity: str) -> str:
        """The public half of an identity."""
        return self._ask("recipient", [identity]).decode()

    def _ask(self, verb: str, keys: list[str], data: bytes = b"") -> bytes:
        question = json.dumps({"verb": verb, "keys": keys, "data": base64.b64encode(data).decode()})
        done = subprocess.run(
            ["node", "age.mjs"],
            cwd=self.folder,
            input=question,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"the npm judge says: {done.stderr}")
        return base64.b64decode(done.stdout, validate=True)


def install(folder: Path) -> Path:
    """`folder` with the package in it, unless another worker of the same run has done so; skips without npm."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"Debian package {'npm' if program == 'npm' else 'nodejs'} is not installed")
    folder.mkdir(exist_ok=True)
    installed = folder / "installed"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists():
            for name in _FILES:
                shutil.copy(SOURCE / name, folder)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
            subprocess.run(command, cwd=folder, check=True, timeout=300, capture_output=True)
            installed.touch()
    return folder
