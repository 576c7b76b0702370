"""`dvault keys protect`: a token beside the passphrase, and in its place."""

import os
from pathlib import Path

import pytest

from cli.settings import PASSPHRASE_FILE
from tests.cli.clerk import Clerk
from tests.keys.protectors import token


@pytest.fixture(scope="module")
def plugged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token; its driver reads the configuration once a process."""
    return Path(os.environ.get("SOFTHSM2_CONF") or token.make(tmp_path_factory.mktemp("token")))


@pytest.fixture
def holder(clerk: Clerk, plugged: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """A clerk with a token and its driver."""
    monkeypatch.setenv("SOFTHSM2_CONF", str(plugged))
    config = clerk.folder / "config" / "disclosure-vault" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'pkcs11_module = "{token.MODULE}"\n')
    clerk.file("pin", token.PIN.encode())
    return clerk


def by_pin(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the token opens it."""
    config = clerk.folder / "config" / "disclosure-vault" / "config.toml"
    config.write_text(config.read_text() + 'unlock_with = "pkcs11"\n')
    monkeypatch.setenv(PASSPHRASE_FILE, str(clerk.folder / "pin"))


def add(holder: Clerk) -> None:
    holder.run("keys", "protect", "add", "pkcs11", "--token", token.LABEL, "--pin-file", str(holder.folder / "pin"))


def test_each_opens_it_alone(holder: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(holder)
    assert [line.split()[0] for line in holder("keys protect list").lines] == ["passphrase", "pkcs11"]
    holder("party list")
    by_pin(holder, monkeypatch)
    holder("party list")


def test_in_place_of_the_passphrase(holder: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(holder)
    assert "remove pkcs11 first" in holder("keys protect remove passphrase", code=3).err
    holder("keys protect remove pkcs11 --json")
    assert [line.split()[0] for line in holder("keys protect list").lines] == ["passphrase"]
    holder("party list")


def test_the_last_one_stays(holder: Clerk) -> None:
    assert "nothing but passphrase locks" in holder("keys protect remove passphrase", code=3).err
    assert "not locked by pkcs11" in holder("keys protect remove pkcs11", code=2).err


def test_a_passphrase_is_never_tried_as_a_pin(holder: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(holder)
    monkeypatch.setenv(PASSPHRASE_FILE, str(holder.file("wrong", b"not it")))
    assert "identity: wrong passphrase" in holder("party list", code=3).err


def test_a_wrong_pin_a_missing_driver_and_a_gone_token_are_sentences(
    holder: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(holder)
    by_pin(holder, monkeypatch)
    monkeypatch.setenv(PASSPHRASE_FILE, str(holder.file("wrong", b"111111")))
    said = holder("party list", code=3).err
    assert "wrong PIN" in said
    assert "Traceback" not in said
    (holder.folder / "config" / "disclosure-vault" / "config.toml").write_text('unlock_with = "pkcs11"\n')
    assert "no driver of a PKCS#11 token is named" in holder("party list", code=3).err


@pytest.mark.parametrize("line", ["pkcs11", "aws-kms", "aws-kms --key nonsense"])
def test_what_is_not_named_is_asked_for(holder: Clerk, line: str) -> None:
    before = (holder.folder / "identity").read_bytes()
    said = holder(f"keys protect add {line}", code=2 if "--key" not in line else 3)
    assert "names the" in said.err or "no ARN" in said.err
    assert (holder.folder / "identity").read_bytes() == before
