"""The page's readers agree with the product's: one reading of every format."""

import json

import pytest

from tests import shared_data, vectors
from tests.reports.page import programs
from vault.evidence import ed25519
from vault.evidence.strict import Malformed


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, object]]:
    edge = shared_data("ed25519-edge") / "ed25519vectors.json"
    answer = programs.node("vectors.mjs", str(programs.JS), str(vectors.FOLDER), str(edge))
    found: dict[str, dict[str, object]] = json.loads(answer)
    return found


def test_every_vector_is_read_as_expected(told: dict[str, dict[str, object]]) -> None:
    wrong = {name: said["wrong"] for name, said in told.items() if said.get("wrong")}
    assert not wrong
    assert set(told) >= {"entries", "records", "shown-records", "notes", "index", "vrf", "key-histories", "policies"}


def test_edge_cases_of_ed25519_are_judged_as_the_product_does(told: dict[str, dict[str, object]]) -> None:
    cases = json.loads((shared_data("ed25519-edge") / "ed25519vectors.json").read_bytes())

    def holds(case: dict[str, str]) -> bool:
        try:
            key = bytes.fromhex(case["key"])
            ed25519.check_public(key, "key")
            ed25519.verify(key, case["msg"].encode(), bytes.fromhex(case["sig"]), "signature")
        except Malformed:
            return False
        return True

    assert told["edge"] == {"cases": 914, "accepted": [case["number"] for case in cases if holds(case)]}


def test_case_folding_is_unicodes_for_every_character_python_knows(told: dict[str, dict[str, object]]) -> None:
    from unicodedata import category

    folded = {int(code): text for code, text in told["folded"].items()}
    for code in range(0x110000):
        character = chr(code)
        if category(character) not in ("Cn", "Cs"):
            assert folded.get(code, character) == character.casefold(), hex(code)
