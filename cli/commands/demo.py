"""`dvault demo`: the main job on sample documents, with the very commands a clerk types."""

import filecmp
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import click

from cli import output
from vault.errors import VaultError

_BREAK = " \\\n    "  # as a shell takes it
_STORY = (
    ("A vault, and the identity of its custodian.", ("dvault init vault --origin drives.example/disclosures",)),
    (
        "Who gets things from us, and who expects them next.",
        (
            'dvault party add "Ganzhou Magnet Co., Ltd." --role supplier --country CN',
            "--id USCC:91360700MA35DEMO1X --alias 赣州磁材有限公司",
        ),
    ),
    ("", ('dvault party add "Ministry of Commerce" --role authority --country CN --alias MOFCOM',)),
    (
        "The licence application it is for.",
        ('dvault matter add "Export licence, magnets for E3"', "--authority MOFCOM --number 2026-117 --sort licence"),
    ),
    (
        "Who demanded what, in which words, and is that within the published guideline?",
        (
            'dvault request add "End-use certificate, production figures for three years"',
            "--from MOFCOM --received yesterday --scope within --matter 2026-117",
        ),
    ),
    (
        "Log what goes out, as it goes out.",
        (
            "dvault disclose EUC-4711.pdf production-2026.xlsx line-3.jpg",
            "--to ganzhou --onward MOFCOM --matter 2026-117 --request R-0001",
            '--purpose "licence application" --basis "licence condition" --method email',
            "--category end-use --category production-volume --designation confidential",
            '--discloser "Example Drives GmbH" --person "A. Clerk" --yes',
        ),
    ),
    ("What did they get from us?", ("dvault log --party 赣州磁材有限公司",)),
    ("The exact bytes, back.", ("dvault get T-000001/1 -o returned.pdf",)),
    ("Prove what can be proven; name what can't.", ("dvault verify --documents",)),
)


@click.command("demo")
def command() -> None:
    """Run the main job on sample documents: log a disclosure, find it, prove it, read it back.

    Everything happens in a temporary folder with an identity of its own; nothing of yours is touched.
    """
    with tempfile.TemporaryDirectory(prefix="dvault-demo-") as name:
        folder = Path(name)
        environment = _prepare(folder)
        for comment, parts in _STORY:
            if comment:
                output.data(output.coloured(f"\n# {comment}", "white"))
            output.data(output.coloured(f"$ {_BREAK.join(parts)}", "cyan"))
            _run(" ".join(parts), folder, environment)
        if not filecmp.cmp(folder / "returned.pdf", folder / "EUC-4711.pdf", shallow=False):
            raise VaultError("the document came back changed")
        output.data("\nThe ledger is verified, and returned.pdf is byte for byte EUC-4711.pdf.")


def _prepare(folder: Path) -> dict[str, str]:
    """The samples, a passphrase nobody knows, and an environment of its own."""
    for sample in files("cli").joinpath("samples").iterdir():
        (folder / sample.name).write_bytes(sample.read_bytes())
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(secrets.token_urlsafe(24))
    own = {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "DVAULT_PASSPHRASE_FILE": str(passphrase),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVAULT_")}
    return kept | own


def _run(line: str, folder: Path, environment: dict[str, str]) -> None:
    sys.stdout.flush()
    arguments = [sys.executable, "-m", "cli.main", *shlex.split(line)[1:]]
    done = subprocess.run(arguments, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise VaultError(f"the demo stopped with exit code {done.returncode} at: {line}")
