"""Shell completion: bash, asked as its own Tab key asks, offers commands, options and the usual words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.names import COMMANDS
from tests.cli.clerk import Clerk

_ASK = """
source <(dvault completion bash)
COMP_WORDS=({words}) COMP_CWORD={last}
_dvault_completion dvault "${{COMP_WORDS[{last}]}}" ""
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def offered(line: str, folder: Path) -> list[str]:
    """What bash offers at the end of `line`."""
    words = line.split(" ")
    script = _ASK.format(words=" ".join(f"'{word}'" for word in words), last=len(words) - 1)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=folder, env={"PATH": path, "HOME": str(folder)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.split()


@pytest.fixture(autouse=True)
def _bash() -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("dvault ", list(COMMANDS)),
        ("dvault dis", ["disclose"]),
        ("dvault keys export-age-identity --", ["--output", "--yes", "--json", "--vault", "--help"]),
        ("dvault disclose a.pdf --designation ", ["public", "internal", "confidential", "trade-secret"]),
        ("dvault disclose --category end", ["end-use", "end-user-identity"]),
        ("dvault party add X --role sup", ["supplier", "supplier-applicant"]),
        ("dvault completion ", ["bash", "zsh", "fish"]),
        ("dvault party ", ["add", "list", "show"]),
        ("dvault nonsense", []),
    ],
)
def test_bash_completes(tmp_path: Path, line: str, found: list[str]) -> None:
    assert offered(line, tmp_path) == found


def test_bash_completes_options_from_the_table_of_fields(tmp_path: Path) -> None:
    assert {"--purpose", "--to", "--derived-from", "--dry-run"} <= set(offered("dvault disclose --", tmp_path))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_printed_for_each_shell(clerk: Clerk, shell: str) -> None:
    assert "_DVAULT_COMPLETE" in clerk(f"completion {shell}").out
    assert clerk("completion tcsh", code=2).err.startswith("error: dvault completion: invalid value")
