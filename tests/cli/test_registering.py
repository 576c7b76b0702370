"""`dvault party|subject|matter|request`: added, listed, shown; what is missing or odd is said."""

import json

import pytest

from tests.cli.clerk import Clerk

ADDED = [
    ("party", '"Neue GmbH & Co. KG" --role supplier --country DE --id VAT:DE1 --alias NG', "P-0004"),
    ("subject", '"Líne 3" --sort trade-secret', "S-0002"),
    ("matter", '"Tender 5" --authority "Kunde AG" --number 5 --sort tender --attempt 2', "M-0002"),
    ("request", '"list of\ncustomers" --from MOFCOM --received yesterday --scope unclear --matter M-1', "R-0002"),
]


@pytest.mark.parametrize(("kind", "said", "id_"), ADDED)
def test_add_prints_the_id_and_the_rest_finds_it(clerk: Clerk, kind: str, said: str, id_: str) -> None:
    assert clerk(f"{kind} add {said}").out == f"{id_}\n"
    first, *_, last = clerk(f"{kind} list").lines
    assert last.startswith(f"{id_}\t")
    assert last.count("\t") == first.count("\t")
    assert clerk(f"{kind} show {id_}").out.startswith(f"{id_}  entry 7, recorded ")
    assert clerk(f"show {id_} --json").json == clerk(f"{kind} show {id_} --json").json


@pytest.mark.parametrize(("kind", "said", "id_"), ADDED)
def test_json_has_the_promised_shape(clerk: Clerk, kind: str, said: str, id_: str) -> None:
    added = clerk(f"{kind} add {said} --json").json
    assert list(added) == ["id", "entry", "time", "warnings"]
    assert (added["id"], added["entry"]) == (id_, 7)
    listed = [json.loads(line) for line in clerk(f"{kind} list --json").lines]
    assert list(listed[-1]) == ["id", "entry", "name", "void", "fields"]
    assert (listed[-1]["id"], listed[-1]["void"]) == (id_, False)


def test_what_is_not_stated_is_said_with_the_next_step(clerk: Clerk) -> None:
    said = clerk('party add "Neue GmbH"')
    assert "Not stated: role, country." in said.err
    assert 'hint: dvault correct P-0004 --role "..." --country "..." --reason "..."' in said.err
    assert clerk('party add "Andere GmbH" --json').json["warnings"] == ["not stated: role", "not stated: country"]


def test_two_parties_of_one_number_or_name_are_warned_of(clerk: Clerk) -> None:
    said = clerk('party add "Ganzhou Magnet" --country CN --role other --id "uscc:9 1"').err
    assert "P-0001 and P-0004 share party:uscc:91" in said
    assert "P-0001 and P-0004 share party-name:CN:ganzhou magnet" in said


def test_odd_role_is_recorded_and_warned_of(clerk: Clerk) -> None:
    assert "did you mean supplier?" in clerk('party add "X" --role suplier --country DE').err


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("party add ''", "name: expected some text"),
        ("party add '  '", "name: expected some text"),
        ("party add 'not stated'", "name: expected some text"),
        ("party add X --country Germany", "--country: expected a country in two letters"),
        ("party add X --id 5299", "--id: expected SCHEME:VALUE"),
        ("party add X --id lei:", "--id: expected ASCII letters"),
        ("party add 'a\u202eb'", "name: expected visible characters"),
        ("party add X --alias 'a\x1b[31m'", "--alias: expected visible characters"),
        ("party add", "missing argument"),
        ("party add X Y", "unexpected extra argument"),
        ("party", "Usage: dvault party"),
        ("subject add X --sort animal", "--sort: expected one of"),
        ("matter add X --number 5 --authority a:b", "--number: expected a name without a colon"),
        ("matter add X --attempt second", "--attempt: expected a whole number"),
        ("request add X --received 03/04/2026", "is no time"),
        ("request add X --received 2126-01-01", "lies in the future"),
        ("request add X --scope outside", "--scope: expected one of within, beyond, unclear"),
        ("request add X --deadline soon", "--deadline: expected a day"),
    ],
)
def test_wrong_use_says_what_and_what_next(clerk: Clerk, line: str, complaint: str) -> None:
    said = clerk(line, code=2)
    assert complaint in said.err
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err


def test_void_is_shown_in_lists(clerk: Clerk) -> None:
    clerk("correct P-1 --void --reason duplicate")
    assert clerk("party list").lines[0].startswith("P-0001\tGanzhou Magnet (void)\t")


def test_shown_by_any_name(clerk: Clerk) -> None:
    for name in ("P-2", "mofcom", "MINISTRY"):
        assert clerk(f"party show {name}").out.startswith("P-0002")
    clerk("party show nobody", code=4)
