"""`dvault keys member`: admitting, listing, showing; what a newcomer then can and cannot do."""

import json
from pathlib import Path

import pytest

from keys import identity_file
from keys.identity import Identity
from keys.protectors.passphrase import Passphrase
from tests.cli.clerk import Clerk


@pytest.fixture
def newcomer(tmp_path: Path) -> str:
    """The public string of somebody who made an identity elsewhere."""
    made = identity_file.create(tmp_path / "theirs", Identity.generate(), [Passphrase(lambda: "words of his own")])
    return str(made.identity.public)


def test_prints_the_new_members_name(clerk: Clerk, newcomer: str) -> None:
    said = clerk.run("keys", "member", "add", newcomer, "--role", "recorder")
    assert said.lines == ["m2"]
    assert "fingerprint" in said.err
    assert [line.split("\t")[:2] for line in clerk("keys member list").lines] == [
        ["m1", "custodian"],
        ["m2", "recorder"],
    ]
    verdicts = clerk("verify --json --require integrity,origin").json["verdicts"]
    assert verdicts["origin"]["state"] == "PROVEN"


def test_several_roles_stand_together(clerk: Clerk, newcomer: str) -> None:
    clerk.run("keys", "member", "add", newcomer, "--role", "recorder,checkpointer")
    shown = clerk("keys member show m2 --json").json
    assert shown["roles"] == ["recorder", "checkpointer"]
    assert shown["holds"] == {"index": 1, "log": 1, "record": 1}
    assert shown["until"] is None


def test_shows_what_is_sealed_to_a_member(clerk: Clerk) -> None:
    shown = clerk("keys member show m1").out
    assert "content (generation 1), index (generation 1)" in shown
    assert clerk("keys member show m2", code=4).out == ""


@pytest.mark.parametrize(
    ("public", "roles", "says"),
    [
        ("dvault_public_v1_00", "recorder", "this is no public string"),
        ("", "recorder", "this is no public string"),
        (None, "janitor", "janitor is no role"),
        (None, "auditor,recorder", "an auditor signs nothing"),
        (None, ",", "at least one role"),
    ],
)
def test_nothing_is_changed_by_what_is_no_string_or_role(
    clerk: Clerk, newcomer: str, public: str | None, roles: str, says: str
) -> None:
    said = clerk.run("keys", "member", "add", newcomer if public is None else public, "--role", roles, code=2)
    assert says in said.err
    assert len(clerk("keys member list").lines) == 1


def test_nobody_joins_twice(clerk: Clerk, newcomer: str) -> None:
    clerk.run("keys", "member", "add", newcomer, "--role", "reader")
    said = clerk.run("keys", "member", "add", newcomer, "--role", "recorder", code=3)
    assert "m2 joined with a key of this public string" in said.err
    assert "who comes back makes a new identity" in said.err


def test_json_has_member_roles_and_fingerprint(clerk: Clerk, newcomer: str) -> None:
    said = json.loads(clerk.run("keys", "member", "add", newcomer, "--role", "reader", "--json").out)
    assert (said["member"], said["roles"]) == ("m2", ["reader"])
    assert len(said["fingerprint"].split()) == 16
