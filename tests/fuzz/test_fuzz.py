"""No bytes make a parser do anything but refuse them in its own words or read what it would print."""

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.changes import changed
from tests.fuzz.targets import CORPUS, MAX_MESSAGE, TARGETS, Finding, Target

ALL = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)

# What has made parsers of others recurse, backtrack or fill memory: deep nesting, long numbers, long lines, many lines.
BOMBS = {
    "brackets": b"a = " + b"[" * 60_000,
    "brackets alone": b"[" * 200_000,
    "braces": b"a = " + b"{a=" * 20_000,
    "decimal": b"a = " + b"9" * 60_000,
    "hexadecimal": b"format = 0x" + b"f" * 60_000,
    "dots": b"a." * 30_000 + b"a = 1",
    "nested format": b"format." + b"a." * 2_000 + b"a = 1",
    "long key": b"format = 1\n" + b"k" * 60_000 + b" = 1",
    "key twice": b"k" * 30_000 + b" = 1\n" + b"k" * 30_000 + b" = 1",
    "lines": b"\n" * 200_000,
    "spaces": b" " * 200_000,
    "one line": b"x" * 200_000,
    "dashes": "— a b\n".encode() * 40_000,
    "stanzas": b"age-encryption.org/v1\n" + b"-> a\n\n" * 20_000,
    "arguments": b"age-encryption.org/v1\n->" + b" a" * 60_000,
    "armor": b"-----BEGIN AGE ENCRYPTED FILE-----\n" + b"A" * 200_000,
    "record": b'["' + b"A" * 200_000,
    "entry": b"disclosure-vault/entry/v1\na\n1\na\n" + b"a a\n" * 15_000,
    "DER, nested": b"".join(b"\x30\x84" + (65_000 - 6 * n).to_bytes(4, "big") for n in range(10_000)),
    "PEM": b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n" * 4_000,
    "keyring": b"disclosure-vault/keyring/v1\na\n" + b"key a 1 a\n" * 30_000 + "\n— a AAAAAAA=\n".encode(),
    "purpose": b"disclosure-vault/keyring/v1\na\nkey " + b"a" * 900_000 + b" 1 a\n" + "\n— a AAAAAAA=\n".encode(),
}


@ALL
def test_every_seed_is_judged(target: Target) -> None:
    judged = [target.examine(data) for data in target.corpus()]
    assert any(judged)


@ALL
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_changed_examples_are_refused_or_read_exactly(target: Target, data: st.DataObject) -> None:
    target.examine(data.draw(changed(target.corpus())))


@ALL
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_no_bomb_takes_long_or_much(target: Target, bomb: bytes) -> None:
    tracemalloc.start()
    begun = time.process_time()
    target.examine(bomb)
    assert time.process_time() - begun < 5
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()


def test_corpus_is_small_and_complete() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == TARGETS.keys()
    assert sum(path.stat().st_size for path in files) < 300_000


# The driver itself notices what it is there for.


def _read(result: bytes | Exception) -> Target:
    def read(_: bytes) -> bytes:
        if isinstance(result, Exception):
            raise result
        return result

    return Target("sample", read, (ValueError,))


@pytest.mark.parametrize("result", [b"other", KeyError("x"), RecursionError(), ValueError("x" * (MAX_MESSAGE + 1))])
def test_a_parser_that_errs_otherwise_is_found_out(result: bytes | Exception) -> None:
    with pytest.raises(Finding):
        _read(result).examine(b"given")


@pytest.mark.parametrize(("result", "taken"), [(b"given", True), (ValueError("short"), False)])
def test_a_parser_that_reads_exactly_or_refuses_is_not(result: bytes | Exception, taken: bool) -> None:
    assert _read(result).examine(b"given") is taken
