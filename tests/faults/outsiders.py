"""A TSA and a witness in a process of their own, for commands that ask somebody outside.

The TSA answers as `openssl ts` does, the witness is ours, with the clock of this machine. One line of JSON says where
they are; each line on standard input lets the witness forget all, but which log it watches, and is answered.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.anchoring.authority import Authority
from tests.anchoring.serving import served
from tests.witness.serving import COSIGNER, serving
from vault.evidence.note import Key
from vault.witness.judging import Witness
from vault.witness.server import Application
from vault.witness.state import States

ROOTS = "tsa-roots.pem"
VKEYS = json.dumps([str(key) for key in COSIGNER.keys])
COSIGNED = f"\N{EM DASH} {COSIGNER.keys[0].name} "  # how its line in a checkpoint begins
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Where:
    """Their addresses, and the root of the TSA in PEM."""

    tsa: str
    witness: str
    root: str

    def tell(self, vault: Path) -> None:
        """Name them in the vault's own configuration."""
        (vault / ROOTS).write_text(self.root)
        (vault / ROOTS).chmod(0o600)
        with (vault / "vault.toml").open("a") as file:
            file.write(f'\n[[tsa]]\nname = "one"\nurl = "{self.tsa}"\nroots = "{ROOTS}"\n')
            file.write(f'\n[[witness]]\nname = "counsel"\nurl = "{self.witness}"\nvkey = {VKEYS}\n')


class Outsiders:
    """Both of them, for a log of these keys; `close` ends them, as does the end of this process."""

    def __init__(self, log: list[Key]) -> None:
        command = [sys.executable, "-m", "tests.faults.outsiders", *map(str, log)]
        self._process = subprocess.Popen(
            command, cwd=Path(__file__).resolve().parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.where = Where(**self._told())

    def forget(self) -> None:
        """Let the witness be as new."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._told()

    def close(self) -> None:
        """End them."""
        self._process.communicate(timeout=SECONDS)

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


def main(vkeys: list[str]) -> None:
    """Serve until standard input ends."""
    keys = [Key.parse(vkey) for vkey in vkeys]
    with TemporaryDirectory(prefix="dvault-outsiders-") as place:
        folder, authority = Path(place) / "logs", Authority(Path(place) / "tsa")
        states = States(folder, COSIGNER.keys)
        states.add(keys)
        with served(authority) as tsa, serving(Application(Witness(COSIGNER, states))) as url:
            _tell(asdict(Where(tsa.url, url, authority.root.pem.decode())))
            for _ in sys.stdin:
                shutil.rmtree(folder)
                states.add(keys)
                _tell({})


def _tell(what: dict[str, str]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
