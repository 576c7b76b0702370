"""The `[[witness]]` tables of vault.toml, read strictly."""

from typing import Any

import pytest

from tests.evidence.signers import MlDsaSigner, witness
from vault.errors import Misuse
from vault.witness import places

VKEY, OTHER = str(witness("w.example/1").key), str(MlDsaSigner("w.example/1", "2").key)
GOOD = {"name": "counsel", "url": "https://w.example/", "vkey": VKEY}


def test_tables_are_read_in_their_order() -> None:
    second = {"name": "partner", "url": "http://127.0.0.1:8460", "vkey": [OTHER]}
    read = places.parse([GOOD, second])
    assert [(place.name, place.url, [str(key) for key in place.keys]) for place in read] == [
        ("counsel", "https://w.example/", [VKEY]),
        ("partner", "http://127.0.0.1:8460", [OTHER]),
    ]
    assert places.parse([]) == ()


def test_witness_audits_if_its_table_says_so() -> None:
    found = places.parse([{**GOOD, "audits": True}, {**GOOD, "name": "b", "vkey": OTHER, "audits": False}])
    assert [place.audits for place in found] == [True, False]
    assert not places.parse([GOOD])[0].audits


BAD: dict[str, Any] = {
    "no list": GOOD,
    "no table": ["counsel"],
    "no name": [{key: value for key, value in GOOD.items() if key != "name"}],
    "another key": [{**GOOD, "quorum": 1}],
    "a name that is a number": [{**GOOD, "name": 1}],
    "a name with a space": [{**GOOD, "name": "a b"}],
    "an empty name": [{**GOOD, "name": ""}],
    "a vkey that is none": [{**GOOD, "vkey": "w.example"}],
    "audits that is a text": [{**GOOD, "audits": "yes"}],
    "audits that is a number": [{**GOOD, "audits": 1}],
    "no vkey": [{**GOOD, "vkey": []}],
    "a list of numbers": [{**GOOD, "vkey": [1]}],
    "three vkeys": [{**GOOD, "vkey": [VKEY, OTHER, str(witness("w.example/1b").key)]}],
    "a key twice": [{**GOOD, "vkey": [VKEY, VKEY]}],
    "a name twice": [GOOD, {**GOOD, "vkey": OTHER}],
    "a key under two names": [GOOD, {**GOOD, "name": "partner"}],
    "http to another machine": [{**GOOD, "url": "http://w.example/"}],
    "a URL with a password": [{**GOOD, "url": "https://u:p@w.example/"}],
    "a URL with a backslash": [{**GOOD, "url": "http://127.0.0.1\\.evil.example/"}],
    "a port that is none": [{**GOOD, "url": "https://w.example:99999/"}],
    "17 witnesses": [{"name": f"w{n}", "url": "https://w/", "vkey": str(witness(f"w{n}").key)} for n in range(17)],
}


@pytest.mark.parametrize("tables", BAD.values(), ids=BAD)
def test_anything_else_is_misuse_and_named(tables: object) -> None:
    with pytest.raises(Misuse, match="witness"):
        places.parse(tables)
