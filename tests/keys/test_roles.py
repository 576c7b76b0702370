"""Roles are what one can decrypt."""

import pytest

from keys.purposes import KNOWN
from keys.roles import CUSTODIAN, HELD, holds
from vault.evidence import public


def test_every_role_of_the_ledger_has_its_keys_and_no_other_role_is_known() -> None:
    assert {*HELD, CUSTODIAN} == set(public.ROLES)


@pytest.mark.parametrize(
    ("role", "held"),
    [
        ("recorder", {"record", "index"}),
        ("auditor", {"record", "index"}),
        ("reader", {"record", "index", "content"}),
        ("checkpointer", {"record", "log"}),
        ("custodian", {"record", "index", "content", "log"}),
    ],
)
def test_role_holds_these_keys_and_no_others(role: str, held: set[str]) -> None:
    assert {purpose for purpose in KNOWN if holds([role], purpose)} == held


def test_only_readers_and_custodians_open_documents() -> None:
    assert [role for role in public.ROLES if holds([role], "content")] == ["custodian", "reader"]


def test_two_roles_hold_the_keys_of_both() -> None:
    assert {purpose for purpose in KNOWN if holds(["recorder", "checkpointer"], purpose)} == {"record", "index", "log"}


def test_purpose_of_a_later_day_is_the_custodian_s_alone() -> None:
    assert [role for role in public.ROLES if holds([role], "x-later")] == ["custodian"]


def test_no_role_holds_nothing() -> None:
    assert not holds([], "record")


def test_role_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        holds(["owner"], "record")
