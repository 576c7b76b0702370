"""[[tsa]] of vault.toml: what is wrong with a table is told by its number and name."""

from pathlib import Path
from typing import Any

import pytest

from tests.anchoring.authority import Authority
from vault.anchoring import tsas
from vault.anchoring.tsas import Tsa
from vault.errors import Misuse, NotFound

GOOD = {"name": "one", "url": "http://tsa.example/tsr", "roots": "one.pem"}


def test_tables_become_tsas_with_their_roots_beside_vault_toml() -> None:
    found = tsas.parse([GOOD, GOOD | {"name": "two", "policy": "1.2.3", "roots": "/etc/two.pem"}], Path("/vault"))
    assert found == (
        Tsa("one", "http://tsa.example/tsr", Path("/vault/one.pem")),
        Tsa("two", "http://tsa.example/tsr", Path("/etc/two.pem"), "1.2.3"),
    )
    assert tsas.parse([], Path("/vault")) == ()


BAD: dict[str, tuple[Any, str]] = {
    "no list": ({"name": "one"}, "list"),
    "too many": ([GOOD] * 9, "at most 8"),
    "no table": (["one"], "name is missing"),
    "no url": ([{"name": "one", "roots": "x"}], "url is missing"),
    "no roots": ([{"name": "one", "url": "http://tsa.example/"}], "roots is missing"),
    "an unknown word": ([GOOD | {"cert": "x"}], "'cert'"),
    "a number": ([GOOD | {"name": 1}], "name is missing or no text"),
    "one name twice": ([GOOD, GOOD], "same name"),
    "a name with a newline": ([GOOD | {"name": "a\nb"}], "a name has"),
    "another scheme": ([GOOD | {"url": "ftp://tsa.example/"}], "http://"),
    "no host": ([GOOD | {"url": "http:///tsr"}], "http://"),
    "a port that is none": ([GOOD | {"url": "http://tsa.example:99999/"}], "http://"),
    "a space in the url": ([GOOD | {"url": "http://tsa.example/a b"}], "http://"),
    "a password in the url": ([GOOD | {"url": "https://me:secret@tsa.example/"}], "password"),
    "a policy in words": ([GOOD | {"policy": "best"}], "OID"),
    "an empty policy": ([GOOD | {"policy": ""}], "policy is missing"),
    "a NUL": ([GOOD | {"roots": "a\0"}], "roots"),
}


@pytest.mark.parametrize(("tables", "word"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_told(tables: Any, word: str) -> None:
    with pytest.raises(Misuse) as raised:
        tsas.parse(tables, Path("/vault"))
    assert word in str(raised.value)
    assert "secret" not in str(raised.value)
    assert "[[tsa]]" in raised.value.hint


def test_roots_that_are_missing_or_no_certificates_are_told_by_the_name_of_the_tsa(
    tsa: Authority, tmp_path: Path
) -> None:
    here = Tsa("one", "http://tsa.example/", tmp_path / "one.pem")
    with pytest.raises(NotFound, match="one"):
        tsas.read_roots(here)
    here.roots.write_text("not a certificate")
    with pytest.raises(Misuse, match="one"):
        tsas.read_roots(here)
    here.roots.write_bytes(tsa.root.pem)
    assert tsas.read_roots(here) == tsa.roots
