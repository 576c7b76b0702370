"""Exit codes: each error ends with the code of the table, names the object, and shows nothing it should not."""

import errno

import click
import pytest

from cli import exits
from cli.exits import ending_of
from keys.age import BadKey
from keys.errors import CannotUnlock, WrongPassphrase
from vault import errors
from vault.documents.store import SegmentMissing
from vault.evidence.strict import Malformed
from vault.ledger.store import HeadMoved
from vault.records.values import Unfit
from vault.sealing.errors import Damaged, NotForUs

CODES = [
    (errors.Misuse("m", "h"), 2),
    (Unfit("u"), 2),
    (BadKey("k"), 2),
    (click.UsageError("u"), 2),
    (click.BadParameter("u"), 2),
    (errors.Refused("r"), 3),
    (CannotUnlock("c", "h"), 3),
    (WrongPassphrase("w"), 3),
    (NotForUs("n"), 3),
    (errors.NotFound("n"), 4),
    (errors.Stopped("s"), 5),
    (errors.Unavailable("u"), 6),
    (OSError(errno.ENOSPC, "No space left on device", "/disk"), 6),
    (PermissionError(errno.EACCES, "Permission denied", "x"), 6),
    (HeadMoved("moved"), 6),
    (errors.Damaged("d"), 1),
    (Damaged("payload", "cut"), 1),
    (SegmentMissing("s"), 1),
    (Malformed("entry 5", "a line"), 1),
    (KeyError("secret-value"), 1),
    (KeyboardInterrupt(), 130),
    (click.Abort(), 130),
    (SystemExit(5), 5),
    (SystemExit(), 0),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=lambda value: type(value).__name__)
def test_error_ends_with_its_code(error: BaseException, code: int) -> None:
    assert ending_of(error).code == code


def test_every_code_has_a_meaning_and_an_error() -> None:
    assert {code for _, code in CODES} == set(exits.MEANING)


def test_hint_of_an_error_is_the_next_step() -> None:
    ending = ending_of(errors.NotFound("no vault at x", "dvault init DIR makes one"))
    assert (ending.message, ending.hint) == ("no vault at x", "dvault init DIR makes one")


def test_wrong_use_names_the_command_and_points_to_its_help() -> None:
    command = click.Command("get")
    context = click.Context(command, info_name="get", parent=click.Context(click.Group("dvault"), info_name="dvault"))
    ending = ending_of(click.MissingParameter(ctx=context, param=click.Argument(["item"], metavar="T-000001")))
    assert ending.message == "dvault get: missing argument 'T-000001'"
    assert ending.hint == "dvault get --help"


def test_system_error_names_the_file() -> None:
    assert (
        ending_of(OSError(errno.ENOSPC, "No space left on device", "/disk")).message == "/disk: No space left on device"
    )
    assert ending_of(OSError(errno.EIO, "Input/output error")).message.startswith("standard output: ")


def test_defect_shows_where_it_happened_but_not_what_it_held() -> None:
    with pytest.raises(KeyError) as caught:
        {"a": 1}["secret-value"]
    ending = ending_of(caught.value)
    assert "KeyError at test_exits.py:" in ending.message
    assert "secret-value" not in ending.message + ending.hint
    assert "please report" in ending.hint
