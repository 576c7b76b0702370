"""Recovery shares: the vectors, the example of the format document, and that nothing shows a word."""

import traceback
from itertools import combinations
from typing import Any

import pytest

from keys import recovery
from keys.errors import UnfitShares
from keys.recovery import Secret
from tests import vectors
from tests.keys.test_format_examples import blocks
from tests.vectors import generate_recovery

CASES = vectors.read("recovery")


def combined(case: dict[str, Any]) -> Secret:
    shares = [recovery.parse_share(words) for words in case["shares"]]
    return recovery.combine(shares).confirmed(recovery.parse_check(case["check"]))


def chosen(expect: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES if case["expect"] == expect]


def test_committed_vectors_are_what_the_generator_makes() -> None:
    assert vectors.committed("recovery") == generate_recovery.build()


def test_rejects_outnumber_accepts() -> None:
    assert len(chosen("reject")) > 3 * len(chosen("accept")) > 0


@pytest.mark.parametrize("case", chosen("accept"))
def test_shares_make_the_identity(case: dict[str, Any]) -> None:
    made = combined(case)
    assert made.check == case["check"]
    assert made.identity().public.fingerprint == case["fingerprint"]
    assert made.identity().vaults == ()


@pytest.mark.parametrize("case", chosen("reject"))
def test_refusals_name_the_fault_and_no_word(case: dict[str, Any]) -> None:
    with pytest.raises(UnfitShares) as caught:
        combined(case)
    assert case["why"] in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value, chain=True)).split()
    secret = {word for words in case["shares"] for word in words.lower().split() if len(word) > 7}
    assert secret.isdisjoint(word.strip("\"'.,()").lower() for word in shown)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_example_of_the_format_is_the_first_vector() -> None:
    shares, check, fingerprint = blocks("recovery")
    first = CASES[0]
    assert [" ".join(share.split()) for share in shares.split("\n\n")] == first["shares"]
    assert check == first["check"] + "\n"
    assert fingerprint == first["fingerprint"] + "\n"
    assert combined({"shares": shares.split("\n\n"), "check": check}).identity().public.fingerprint == fingerprint[:-1]


def test_any_three_of_five_make_the_same() -> None:
    secret, shares = recovery.create(3, 5)
    assert [share.number for share in shares] == [1, 2, 3, 4, 5]
    for some in combinations(shares, 3):
        assert recovery.combine(some).identity().public == secret.identity().public


def test_each_recovery_is_another() -> None:
    assert recovery.create(2, 2)[0].check != recovery.create(2, 2)[0].check


def test_nothing_shows_a_secret() -> None:
    secret, shares = recovery.create(2, 3)
    assert repr(secret) == "Secret()"
    assert repr(shares[0]) == f"Share(number=1, threshold=2, set={shares[0].set})"


@pytest.mark.parametrize(("threshold", "shares"), [(1, 1), (1, 5), (0, 3), (4, 3), (2, 17), (17, 17)])
def test_thresholds_that_would_protect_nothing_are_refused(threshold: int, shares: int) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        recovery.create(threshold, shares)


@pytest.mark.parametrize("said", ["83E8 6097c0ba 46e3", " 83e8 6097 c0ba 46e3\n", "83e86097c0ba46e3"])
def test_check_value_may_be_typed_without_care(said: str) -> None:
    assert recovery.parse_check(said) == "83e8 6097 c0ba 46e3"


@pytest.mark.parametrize("said", ["", "83e8", "83e8 6097 c0ba 46eg", "83e8 6097 c0ba 46e3 0", "٣3e86097c0ba46e3"])
def test_check_value_is_sixteen_digits(said: str) -> None:
    with pytest.raises(UnfitShares):
        recovery.parse_check(said)
