"""Argon2id settings are named; a file cannot bring its own."""

import subprocess
import sys

import pytest
from nacl.pwhash import argon2id

from keys import profiles
from keys.profiles import DEFAULT
from vault.evidence.strict import Malformed

SALT = bytes(range(16))


def test_default_is_64_mebibytes_and_3_passes() -> None:
    assert (DEFAULT.name, DEFAULT.memory, DEFAULT.passes) == ("argon2id-2026", 64 * 1024 * 1024, 3)


def test_stretched_is_what_argon2id_gives() -> None:
    expected = argon2id.kdf(32, b"passphrase", SALT, opslimit=3, memlimit=1 << 26)
    assert DEFAULT.stretch(b"passphrase", SALT) == expected


def test_profile_is_found_by_its_name() -> None:
    assert profiles.by_name("argon2id-2026", "identity") is DEFAULT


@pytest.mark.parametrize("name", ["", "argon2id", "ARGON2ID-2026", "argon2id-2026 ", "m=1099511627776,t=3,p=1"])
def test_unknown_profile_is_malformed(name: str) -> None:
    with pytest.raises(Malformed, match="known Argon2id profile"):
        profiles.by_name(name, "identity")


def test_memory_that_is_not_there_is_said_so() -> None:
    program = """
import resource
from keys.profiles import DEFAULT
resource.setrlimit(resource.RLIMIT_AS, (DEFAULT.memory, DEFAULT.memory))
DEFAULT.stretch(b"passphrase", bytes(16))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    said = "CannotUnlock: 64 MiB of memory are needed to check a passphrase, and are not free"
    assert ended.stderr.strip().endswith(said)
