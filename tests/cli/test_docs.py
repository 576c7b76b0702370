"""The documentation of the command line: generated, complete, and in words that are meant."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import main as dvault
from cli.names import COMMANDS
from tests.generate import GENERATED
from tests.transcript import ROOT

NEVER = re.compile(
    r"\b(?:qualified|court-proof|immutable(?!=1)|tamper-proof)\b", re.IGNORECASE
)  # `=1`: a word of SQLite


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


EVERY = dict(commands(dvault, "dvault"))


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_generated_page_is_the_committed_one(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == GENERATED[path](), "make docs"


@pytest.mark.parametrize("name", EVERY)
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    command = EVERY[name]
    assert command.help
    assert command.help.strip().split("\n")[0].rstrip().endswith((".", ","))
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, param.name
            assert param.help.endswith("."), param.name


def test_table_of_commands_is_that_of_the_modules() -> None:
    modules = {path.stem for path in (ROOT / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert modules == set(COMMANDS)
    for name in COMMANDS:
        assert EVERY[f"dvault {name}"].name == name


@pytest.mark.parametrize("name", [name for name, command in EVERY.items() if not isinstance(command, click.Group)])
def test_json_and_vault_are_everywhere_they_make_sense(name: str) -> None:
    options = {option for param in EVERY[name].params for option in param.opts}
    assert ("--json" in options) == (name not in ("dvault completion", "dvault demo"))
    without = (
        "dvault completion", "dvault demo", "dvault init", "dvault restore", "dvault keys recovery test",
        "dvault keys recovery restore",
    )  # fmt: skip
    assert ("--vault" in options) == (
        name not in without and not {"identity", "passwd", "protect", "witness"} & set(name.split())
    )


OPTIONS_OF_DISCLOSE = (
    "--to --via --onward --matter --request --subject --category --designation --purpose --basis --method --reference"
    " --at --derived-from --like --from --dry-run --yes --json"
)


def test_disclose_has_the_options_of_the_contract() -> None:
    options = {option for param in EVERY["dvault disclose"].params for option in param.opts}
    assert set(OPTIONS_OF_DISCLOSE.split()) <= options


def test_nothing_says_what_we_never_say() -> None:
    for path in [*(ROOT / "docs").glob("*.md"), *(ROOT / "cli").rglob("*.py"), *(ROOT / "vault").rglob("*.py")]:
        assert not NEVER.search(path.read_text(encoding="utf-8")), path
