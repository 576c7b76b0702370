"""Asking people, on their terminal: passphrases, what nobody stated, whether to go on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cli import exits, output
from vault.records.draft import lines_of
from vault.records.fields import Field
from vault.records.values import Unfit


def is_possible() -> bool:
    """Whether there is a terminal to answer on; without one nothing is ever asked."""
    return output.is_terminal(sys.stdin)


def passphrase(prompt: str, *, confirm: bool = False) -> str:
    """A passphrase, typed unseen; twice the same where a new one is made."""
    while True:
        given = str(click.prompt(prompt, hide_input=True, err=True))
        if not confirm or given == click.prompt("Repeat it", hide_input=True, err=True):
            return given
        output.say("They differ; once more.")


@contextmanager
def _then_a_new_line() -> Iterator[None]:
    try:
        yield
    except click.Abort:
        output.say()  # after the ^C; where nothing is seen of what is typed, click does so itself
        raise


def go_on(question: str) -> None:
    """Ask; anything but yes ends the command, as an interruption does."""
    with _then_a_new_line():
        agreed = click.confirm(question, err=True)
    if not agreed:
        output.say("nothing was written")
        raise click.exceptions.Exit(exits.INTERRUPTED)


def fields(wanted: tuple[Field, ...]) -> dict[str, object]:
    """What people say of these fields, by name; an empty answer leaves one out."""
    if wanted:
        output.say("Not stated yet; Enter leaves it so.")
    answers = {known.name: _ask(known) for known in wanted}
    return {name: answer for name, answer in answers.items() if answer}


def _ask(known: Field) -> str:
    def check(answer: str) -> str:
        try:
            if answer.strip():
                lines_of(known, answer)
        except Unfit as exc:
            raise click.UsageError(str(exc)) from exc
        return answer

    text = f"{known.option} ({known.help})"
    if known.choices:
        output.tell(f"{text}: {', '.join(known.choices)}")
        text = known.option
    with _then_a_new_line():
        return str(click.prompt(text, default="", show_default=False, err=True, value_proc=check)).strip()
