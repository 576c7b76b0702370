"""What an owner leaves out and seals: each lie shows in the verdict that it would make greener."""

import pytest

from tests.reports import lies
from tests.reports.lies import Lie
from tests.reports.stories import Write
from tests.verify.bundles.judged import faults, judge, letters
from vault.evidence.verdicts import Verdict

LIES = [*lies.lies(), lies.by_the_ledger()]


@pytest.mark.parametrize("lie", LIES, ids=[one.name for one in LIES])
def test_a_lie_of_the_owner_shows(lie: Lie, write: Write) -> None:
    found = judge(write(lie.files), lie.outside)
    said = "\n".join(faults(found, verdict) for verdict in Verdict)
    assert letters(found) == lie.letters, said
    assert lie.why in said
