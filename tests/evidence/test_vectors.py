"""The committed vectors are what their generators write, and refuse more than they accept."""

from collections.abc import Callable

import pytest

from tests import vectors
from tests.vectors import (
    generate_checkpoints,
    generate_cosignatures,
    generate_ed25519,
    generate_notes,
    generate_proofs,
    generate_vkeys,
)

GENERATORS = {
    "checkpoints": generate_checkpoints.build,
    "cosignatures": generate_cosignatures.build,
    "ed25519": generate_ed25519.build,
    "notes": generate_notes.build,
    "proofs": generate_proofs.build,
    "vkeys": generate_vkeys.build,
}


@pytest.mark.parametrize(("name", "build"), GENERATORS.items(), ids=GENERATORS)
def test_generator_writes_what_is_committed(name: str, build: Callable[[], str]) -> None:
    assert build() == vectors.committed(name)


@pytest.mark.parametrize("name", GENERATORS)
def test_rejects_outnumber_accepts_and_say_why(name: str) -> None:
    cases = vectors.read(name)
    rejected = [case for case in cases if case["expect"] == "reject"]
    assert len(rejected) > len(cases) - len(rejected)
    assert all(case["why"] for case in rejected)


@pytest.mark.parametrize("name", GENERATORS)
def test_names_of_cases_are_unique(name: str) -> None:
    names = [case["name"] for case in vectors.read(name)]
    assert len(set(names)) == len(names)
