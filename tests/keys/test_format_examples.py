"""The examples in docs/format are the first vectors, with long fields shortened."""

import re
from pathlib import Path

import pytest

from keys import identity_file
from keys.identity import body_text
from keys.protectors.passphrase import Passphrase
from tests import vectors

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "format"


def blocks(name: str) -> list[str]:
    return re.findall(r"^```\n(.*?)^```$", (FORMATS / f"{name}.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)


def shortened(text: str) -> str:
    """Every field of more than 48 characters as its first 16, an ellipsis and its last 4."""
    return re.sub(r"(\S{16})\S{29,}(\S{4})", r"\1…\2", text)


def first(name: str) -> vectors.Case:
    return vectors.read(name)[0]


@pytest.mark.parametrize("name", ["identity", "keyring"])
def test_example_file_is_the_first_vector(name: str) -> None:
    assert blocks(name)[0] == shortened(first(name)["file"])


def test_example_body_is_that_of_the_first_vector() -> None:
    case = first("identity")
    locked = identity_file.parse(case["file"].encode(), Path("identity"))
    opened = locked.unlock([Passphrase(lambda: case["passphrase"])])
    assert blocks("identity")[1] == shortened(body_text(opened.identity))


def test_example_fingerprint_is_that_of_the_first_vector() -> None:
    assert blocks("identity")[2] == first("identity")["fingerprint"] + "\n"
