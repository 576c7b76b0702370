"""The one file that a stranger reads: it agrees with the program on honest and damaged ledgers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests import vectors
from tests.evidence.ledgers import Ledger
from tests.verify.folders import filled, honest, judge, states, write
from tests.verify.test_attacks import ATTACKS, TRUE, Attack, true_ledger
from vault.verify import standalone
from vault.verify.outside import Outside

LETTERS = {"PROVEN": "P", "NOT PROVEN": "N", "BROKEN": "B"}


def run(folder: Path, *words: str) -> tuple[int, dict[str, str]]:
    """Exit code and verdicts, as the file by itself prints them."""
    command = [sys.executable, "-I", standalone.__file__, str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    found = {}
    for line in done.stdout.splitlines():
        name, _, rest = (word.strip() for word in line.partition(" "))
        state = next((letter for word, letter in LETTERS.items() if rest.startswith(word)), "")
        if state:
            found[name] = state
    return done.returncode, found


def test_it_shares_nothing_and_uses_the_standard_library_alone() -> None:
    tree = ast.parse(Path(standalone.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"base64", "hashlib", "re", "sys", "collections.abc", "pathlib"}


@pytest.mark.parametrize("case", vectors.read("ed25519"), ids=lambda case: case["name"])
def test_it_judges_signatures_as_the_vectors_say(case: vectors.Case) -> None:
    public, message, signature = (bytes.fromhex(case[name]) for name in ("key", "message", "signature"))
    assert standalone.verify(public, message, signature) == (case["expect"] == "accept")


def test_an_honest_ledger_is_proven(tmp_path: Path) -> None:
    folder = write(tmp_path, honest(TRUE))
    code, found = run(folder, "--fingerprint", TRUE.fingerprint.hex())
    assert (code, found) == (0, {"integrity": "P", "order": "P", "origin": "P", "time": "N", "completeness": "N"})
    assert run(folder)[0] == 1


def test_a_ledger_of_two_tiles(tmp_path: Path) -> None:
    ledger = Ledger.founded()
    while ledger.size < 258:
        ledger.append(b"no entry %d" % ledger.size)
    folder = write(tmp_path, honest(ledger))
    found = run(folder)[1]
    assert (found["integrity"], found["order"]) == ("B", "N")
    (folder / "tile/1/000.p/1").write_bytes(bytes(32))
    assert run(folder) == (1, {"integrity": "B"})


@pytest.mark.parametrize("attack", ATTACKS, ids=[case[0] for case in ATTACKS])
def test_it_agrees_with_the_program_on_attacks(tmp_path: Path, attack: tuple[str, Attack, object, str]) -> None:
    """BROKEN where the program says so; what it does not look at may be better by it, never the sum of it."""
    folder = write(tmp_path / "ledger", attack[1](true_ledger()))
    known = TRUE.fingerprint.hex()
    ours = judge(folder, Outside(known))
    code, theirs = run(folder, "--fingerprint", known)
    assert (code == 0) == ours.report.passes()
    for verdict, letter in theirs.items():
        assert (letter == "B") <= (states(ours)[verdict] in "BN"), (verdict, theirs, states(ours))


def test_every_byte_counts_for_it_too(tmp_path: Path) -> None:
    ledger = filled(1)
    files = honest(ledger)
    folder = write(tmp_path, files)
    for name in ("tile/entries/000.p/3", "tile/0/000.p/3", "log.vkey"):
        data = files[name]
        for at in range(0, len(data), 211):
            (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            try:
                found = standalone.check(folder, ledger.fingerprint.hex())
            except (standalone.Broken, ValueError):
                continue
            assert found.faults, (name, at)
        (folder / name).write_bytes(data)
