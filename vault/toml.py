"""TOML that people write, vault.toml among it: read whole, with limits, and one error for whatever is wrong with it."""

import tomllib
from pathlib import Path

MAX_FILE = 1 << 16  # bytes
MAX_DOTS = 4_096  # reading takes the square of a key's dots: with these a third of a second, with 32,000 half a minute


class NotToml(ValueError):
    """Bytes that are no TOML, or more of it than is read here; the message is short and shows no control character."""


def read(path: Path, limit: int = MAX_FILE) -> dict[str, object]:
    """What a file, or a pipe of the shell, says in at most `limit` bytes. NotToml; OSError where it cannot be read."""
    with path.open("rb") as file:
        return parse(file.read(limit + 1), limit)


def parse(data: bytes, limit: int = MAX_FILE) -> dict[str, object]:
    """What the bytes of a file say; NotToml otherwise."""
    if len(data) > limit or data.count(b".") > MAX_DOTS:
        raise NotToml(f"larger than {limit} bytes, or more than {MAX_DOTS} dots")
    try:
        values = tomllib.loads(data.decode())
    except RecursionError as exc:
        raise NotToml("nested too deeply") from exc
    except ValueError as exc:  # a plain ValueError where a number has over 4,300 digits
        raise NotToml(f"not TOML: {str(exc)[:200]}") from exc
    _check_numbers(values)
    return values


def _check_numbers(values: dict[str, object]) -> None:
    """TOML's numbers have 64 bits; longer ones, which tomllib takes in hexadecimal, Python refuses to print."""
    found: list[object] = [values]
    while found:
        value = found.pop()
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise NotToml("a number of over 64 bits")
        found += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
