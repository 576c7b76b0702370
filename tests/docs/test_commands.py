"""The commands that documents tell people to type exist, with the options they tell, and `make` knows its verbs."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import main
from tests.docs.documents import DOCUMENTS, ROOT, blocks, names, spans

# Told in format documents before they are there; to be taken off the list when they come.
_ENDS = {"|", ">", "&&", ";", "<"}
_TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def told(document: Path) -> Iterator[list[str]]:
    """The words of each command line that begins with dvault, up to a pipe or redirection."""
    lines = [line.removeprefix("$ ") for block in blocks(document) for line in block.replace("\\\n", " ").split("\n")]
    for line in [*lines, *spans(document)]:
        if line.startswith("dvault "):
            words = shlex.split(line, comments=True)
            yield words[1 : next((place for place, word in enumerate(words) if word in _ENDS), None)]


def check(words: list[str]) -> None:
    """Follow the words down the commands; each option must be one of the command reached or of those above."""
    command: click.Command = main
    known = {"--help", "-h", "--version"}
    for word in words:
        known |= {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in known, f"dvault {' '.join(words)}: no option {word}"
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"dvault {' '.join(words)}: no command {word}"
            command = found


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_commands_told_exist(document: Path) -> None:
    for words in told(document):
        check(words)


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_make_verbs_told_exist(document: Path) -> None:
    verbs = set(_TARGET.findall((ROOT / "Makefile").read_text()))
    lines = [line for block in blocks(document, language="sh") for line in block.split("\n")]
    spoken = [words.split()[1] for words in [*lines, *spans(document)] if re.match(r"make [a-z]", words)]
    assert set(spoken) <= verbs
