"""The Go judge: `golang.org/x/mod`'s note and tlog, built here from `go/main.go` with Debian's packages."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent / "go"
_GOPATH = Path("/usr/share/gocode")  # where Debian's golang-*-dev packages put their sources


@dataclass(frozen=True)
class Judge:
    """A built judge; each method is one of its verbs and returns what it said, or raises `AssertionError`."""

    program: Path
    folder: Path

    def note(self, vkey: object, data: bytes) -> str:
        """The quoted text of a note that opens under `vkey`."""
        return self._ask("note", vkey, self._file("note", data))

    def root(self, vkey: object, checkpoint: bytes, entries: Iterable[bytes]) -> str:
        """That the checkpoint is over exactly these entries."""
        bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
        return self._ask("root", vkey, self._file("checkpoint", checkpoint), self._file("entries", bundle))

    def proof(self, vkey: object, proof: bytes, entry: bytes) -> str:
        """That the entry stands where the tlog-proof says."""
        return self._ask("proof", vkey, self._file("proof", proof), self._file("entry", entry))

    def consistency(self, vkey: object, old: bytes, new: bytes, hashes: Iterable[str]) -> str:
        """That the tree of the checkpoint `old` is a prefix of that of `new`; hashes in base64."""
        return self._ask("consistency", vkey, self._file("old", old), self._file("new", new), *hashes)

    def submit(self, url: str, vkey: object, request: bytes) -> str:
        """That the witness cosigns what this add-checkpoint request asks, under this key of it."""
        return self._ask("submit", url, vkey, self._file("request", request))

    @contextmanager
    def witness(self, name: str, log: object) -> Iterator[tuple[str, str]]:
        """The URL and vkey of a witness of the log, which the judge is while the block runs."""
        command = [str(self.program), "witness", name, str(log)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                url, vkey = process.stdout.readline().split()
                yield url, vkey
            finally:
                process.kill()

    def tiles(self, vkey: object, folder: Path, index: int) -> str:
        """That the folder holds the ledger of its checkpoint, with entry `index` proven out of its tiles."""
        return self._ask("tiles", vkey, folder, index)

    def _file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def _ask(self, *arguments: object) -> str:
        command = [str(self.program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise AssertionError(f"the Go judge says: {done.stdout}{done.stderr}")
        return done.stdout.strip()


def build(folder: Path) -> Path:
    """The program, built into `folder` unless another worker of the same run has done so; skips without Go."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Debian package golang-go is not installed")
    if not (_GOPATH / "src/golang.org/x/mod/sumdb/note").is_dir():
        pytest.skip("Debian package golang-golang-x-mod-dev is not installed")
    folder.mkdir(exist_ok=True)
    program = folder / "judge"
    offline = {"GO111MODULE": "off", "GOPATH": str(_GOPATH), "GOPROXY": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            environment = {**os.environ, **offline, "GOCACHE": str(folder / "cache")}
            command = [go, "build", "-buildvcs=false", "-o", str(program), "."]
            subprocess.run(command, cwd=SOURCE, env=environment, check=True, timeout=300)
    return program
