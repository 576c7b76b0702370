"""Programs that are not ours open what we seal, and we what they seal: Debian's age, pyrage, npm's age-encryption."""

import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from keys.age import Identity, generate, parse_recipient
from tests.judges.nodejs import Judge
from tests.sealing.files import content
from vault.sealing import armor, blob

SIZES = [0, 1, 65_535, 65_536, 65_537, 3_000_000]
each_size = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def age() -> str:
    """Debian's age."""
    program = shutil.which("age")
    if program is None:
        pytest.skip("Debian package age is not installed")
    return program


@pytest.fixture
def key_file(classic: Identity, tmp_path: Path) -> str:
    """An identity file as age wants it."""
    path = tmp_path / "key.txt"
    path.write_text(f"# a test key\n{classic.secret_text()}\n")
    return str(path)


def run(*command: str, given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout


@each_size
def test_age_opens_what_we_seal(age: str, classic: Identity, key_file: str, size: int) -> None:
    sealed = blob.seal(content(size), [classic.recipient()])
    assert run(age, "-d", "-i", key_file, given=sealed) == content(size)
    assert run(age, "-d", "-i", key_file, given=armor.encode(sealed)) == content(size)


@each_size
def test_we_open_what_age_seals(age: str, classic: Identity, size: int) -> None:
    others = [str(generate(hybrid=False).recipient()) for _ in range(3)]
    recipients = [part for text in (*others, str(classic.recipient())) for part in ("-r", text)]
    sealed = run(age, *recipients, given=content(size))
    assert blob.open_sealed(sealed, [classic], limit=size) == content(size)
    text = run(age, "-a", "-r", str(classic.recipient()), given=content(size))
    assert blob.open_sealed(armor.decode(text), [classic], limit=size) == content(size)
    assert armor.encode(armor.decode(text)) == text


def test_age_derives_the_same_recipient(classic: Identity, key_file: str) -> None:
    if shutil.which("age-keygen") is None:
        pytest.skip("Debian package age is not installed")
    assert run("age-keygen", "-y", key_file, given=b"").decode().strip() == str(classic.recipient())


@each_size
def test_pyrage_opens_what_we_seal(classic: Identity, size: int) -> None:
    identity = pyrage.x25519.Identity.from_str(classic.secret_text())
    assert str(identity.to_public()) == str(classic.recipient())
    assert pyrage.decrypt(blob.seal(content(size), [classic.recipient()]), [identity]) == content(size)


@each_size
def test_we_open_what_pyrage_seals(classic: Identity, size: int) -> None:
    recipient = pyrage.x25519.Recipient.from_str(str(classic.recipient()))
    assert blob.open_sealed(pyrage.encrypt(content(size), [recipient]), [classic], limit=size) == content(size)


@each_size
def test_npm_opens_what_we_seal_hybrid(npm_judge: Judge, hybrid: Identity, size: int) -> None:
    sealed = blob.seal(content(size), [generate(hybrid=True).recipient(), hybrid.recipient()])
    assert npm_judge.open([hybrid.secret_text()], sealed) == content(size)


@each_size
def test_we_open_what_npm_seals_hybrid(npm_judge: Judge, hybrid: Identity, size: int) -> None:
    sealed = npm_judge.seal([str(generate(hybrid=True).recipient()), str(hybrid.recipient())], content(size))
    assert blob.open_sealed(sealed, [hybrid], limit=size) == content(size)


def test_npm_derives_the_same_recipients(npm_judge: Judge, classic: Identity, hybrid: Identity) -> None:
    for identity in (classic, hybrid):
        assert npm_judge.recipient(identity.secret_text()) == str(identity.recipient())


def test_npm_and_we_open_the_classic_files_of_each_other(npm_judge: Judge, classic: Identity) -> None:
    sealed = npm_judge.seal([str(parse_recipient(str(classic.recipient())))], b"both ways")
    assert blob.open_sealed(sealed, [classic], limit=9) == b"both ways"
    assert npm_judge.open([classic.secret_text()], blob.seal(b"both ways", [classic.recipient()])) == b"both ways"
