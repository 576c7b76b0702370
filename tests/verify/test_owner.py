"""Each attack of the table in docs/threat-model.md is done, and who looks is told these very words."""

from pathlib import Path

import pytest

from tests.anchoring.authority import Authority
from tests.anchoring.conftest import desk, rsa_tsa, tsa  # noqa: F401 - fixtures
from tests.anchoring.desks import Stamped
from tests.vault.conftest import filled, identity, machine  # noqa: F401 - fixtures
from tests.verify import owning
from tests.verify.folders import states
from tests.verify.lists import GANZHOU
from tests.verify.owner import ROWS, Row, Told
from tests.verify.owning import ALIAS, Scene
from vault.evidence.verdicts import Verdict
from vault.verify.auditing import Audit

LOOKS = [(row, told) for row in ROWS for told in (*row.notices, *row.misses) if isinstance(told, Told)]


@pytest.mark.parametrize(("row", "told"), LOOKS, ids=[f"{row.tries}, {told.who}" for row, told in LOOKS])
def test_who_looks_is_told_in_these_words(
    tmp_path: Path, desk: Stamped, rsa_tsa: Authority, row: Row, told: Told  # noqa: F811
) -> None:  # fmt: skip
    said = told.look(Scene(tmp_path / "scene", desk, rsa_tsa))
    assert any(told.words in sentence for sentence in said), (row.tries, said)


def test_a_party_under_an_alias_is_missed_by_who_does_not_ask_for_it() -> None:
    """PROVEN, and not what he wanted to know: so the verdict names the terms, and says that others are others."""
    made = owning.aliased_ledger()
    alone, both = owning.listed(made, GANZHOU), owning.listed(made, GANZHOU, ALIAS)
    for found in (alone, both):
        assert states(found)["completeness"] == "P"
        assert "is another term" in found.report.why(Verdict.COMPLETENESS)
    hidden = made.size - 2
    assert hidden not in numbers(alone)
    assert hidden in numbers(both)


def numbers(found: Audit) -> list[int]:
    return [signed.entry.seq for filed in found.filed for signed in filed.entries]
