"""Unlocking ahead changes when the passphrase is stretched, never who is asked, what is run, or what is answered."""

from pathlib import Path

import click
import pytest

from cli import unlocking, wiring
from cli.settings import IDENTITY, PASSPHRASE_COMMAND, PASSPHRASE_FILE
from keys.errors import WrongPassphrase
from keys.identity_file import OpenIdentity
from tests.cli.clerk import Clerk
from vault.errors import NotFound, Refused


@pytest.fixture
def begun(clerk: Clerk) -> click.Context:
    """A context in which unlocking may have begun."""
    return click.Context(click.Command("any"))


def identity(ctx: click.Context, path: Path) -> OpenIdentity:
    with ctx:
        return wiring.open_identity(path)


def test_what_was_begun_is_what_is_unlocked(clerk: Clerk, begun: click.Context) -> None:
    unlocking.begin(begun)
    assert identity(begun, Path("not looked at")).identity.public == clerk.desk.identity.identity.public


def test_nothing_is_begun_where_somebody_has_to_be_asked(begun: click.Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE_FILE)
    unlocking.begin(begun)
    assert begun.meta == {}


@pytest.mark.parametrize(
    ("variable", "name", "error"),
    [(PASSPHRASE_FILE, "empty", Refused), (IDENTITY, "missing", NotFound)],
    ids=["passphrase file", "identity"],
)
def test_what_goes_wrong_ahead_is_raised_where_the_identity_is_wanted(
    clerk: Clerk,
    begun: click.Context,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    name: str,
    error: type[Exception],
) -> None:
    (clerk.folder / "empty").touch()
    monkeypatch.setenv(variable, name)
    unlocking.begin(begun)
    for _ in range(2):
        with pytest.raises(error):
            identity(begun, Path("not looked at"))


def test_a_wrong_passphrase_ahead_is_a_wrong_passphrase(clerk: Clerk, begun: click.Context) -> None:
    (clerk.folder / "passphrase").write_text("another")
    unlocking.begin(begun)
    with pytest.raises(WrongPassphrase):
        identity(begun, Path("not looked at"))


def test_no_command_is_run_for_a_command_line_that_is_wrong(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE_FILE)
    monkeypatch.setenv(PASSPHRASE_COMMAND, "touch asked; echo words")
    clerk("log --no-such-option", code=2)
    assert not (clerk.folder / "asked").exists()


def test_a_wrong_command_line_is_told_of_before_a_wrong_passphrase(clerk: Clerk) -> None:
    (clerk.folder / "passphrase").write_text("another")
    assert "--no-such-option" in clerk("log --no-such-option", code=2).err
