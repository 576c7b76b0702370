"""`dvault keys passwd`: another passphrase for the same keys."""

from pathlib import Path

import pytest

from cli.settings import PASSPHRASE_FILE
from keys import identity_file
from keys.errors import WrongPassphrase
from keys.locks import Lock
from keys.protectors.passphrase import Passphrase
from tests.cli.clerk import Clerk

NEW = "another sentence, longer than before"


@pytest.fixture
def new_file(clerk: Clerk) -> Path:
    return clerk.file("new", NEW.encode() + b"\n")


def test_the_new_one_opens_the_same_keys_and_the_old_one_nothing(
    clerk: Clerk, new_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, path = clerk("keys identity show").out, clerk.folder / "identity"
    old = (clerk.folder / "passphrase").read_text()
    clerk.run("keys", "passwd", "--new-file", str(new_file))
    with pytest.raises(WrongPassphrase):
        identity_file.load(path).unlock([Passphrase(lambda: old)])
    assert "wrong passphrase" in clerk("party list", code=3).err
    monkeypatch.setenv(PASSPHRASE_FILE, str(new_file))
    assert clerk("keys identity show").out == before
    clerk("party list")


def test_what_is_written_later_does_not_open_with_an_old_file_key(clerk: Clerk, new_file: Path) -> None:
    path = clerk.folder / "identity"
    key = identity_file.load(path).frame.file_key([Passphrase((clerk.folder / "passphrase").read_text)])
    clerk.run("keys", "passwd", "--new-file", str(new_file))
    with pytest.raises(ValueError, match="a body that opens"):
        identity_file.load(path).opened_with(key)


@pytest.mark.parametrize("words", [b"", b"tab\there", b"\xff"], ids=["empty", "control", "not UTF-8"])
def test_nothing_changes_by_one_that_cannot_be_used(clerk: Clerk, words: bytes) -> None:
    before = (clerk.folder / "identity").read_bytes()
    clerk.run("keys", "passwd", "--new-file", str(clerk.file("bad", words)), code=3)
    assert (clerk.folder / "identity").read_bytes() == before


def test_nobody_is_asked_without_a_terminal(clerk: Clerk) -> None:
    assert "New passphrase: there is no terminal" in clerk("keys passwd", code=3).err


def test_a_file_locked_in_another_way_too_is_left_alone(clerk: Clerk, new_file: Path) -> None:
    path = clerk.folder / "identity"
    opened = identity_file.load(path).unlock([Passphrase((clerk.folder / "passphrase").read_text)])
    both = identity_file.OpenIdentity(path, opened.identity, (*opened.locks, Lock("token", ("1",))), opened._file_key)
    both.save(both.identity)
    before = path.read_bytes()
    said = clerk.run("keys", "passwd", "--new-file", str(new_file), code=3)
    assert "token" in said.err
    assert path.read_bytes() == before
