"""What an owner leaves out and seals: each lie shows in the verdict that it would make greener."""

import pytest

from tests.reports import handmade, lies
from tests.reports.handmade import EVIDENCE, Handmade, Story, sealed
from tests.reports.lies import Lie
from tests.reports.stories import Write
from tests.verify.bundles.judged import faults, judge, letters
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.evidence.verdicts import Verdict

LIES = [*lies.lies(), lies.by_the_ledger(), lies.too_many()]


@pytest.mark.parametrize("lie", LIES, ids=[one.name for one in LIES])
def test_a_lie_of_the_owner_shows(lie: Lie, write: Write) -> None:
    found = judge(write(lie.files), lie.outside)
    said = "\n".join(faults(found, verdict) for verdict in Verdict)
    assert letters(found) == lie.letters, said
    assert lie.why in said


def test_an_empty_tile_in_the_ledger_is_broken(write: Write) -> None:
    """[A file that is there and holds nothing, taken for one that is not and need not be.]"""
    made = Handmade(Story(), ledger_too=True)
    tile = f"{EVIDENCE}ledger/tile/0/000.p/{made.ledger.size}"
    found = judge(write(sealed({**made.files(), tile: b""})), handmade.believing(made.ledger))
    assert letters(found)[0] == "B"
    assert "12 hashes, 384 bytes, found '0 bytes'" in faults(found, Verdict.INTEGRITY)


def test_a_ledger_whose_checkpoint_cannot_be_read_is_broken(write: Write) -> None:
    made = Handmade(Story(), ledger_too=True)
    large = {f"{EVIDENCE}ledger/checkpoint": bytes(MAX_CHECKPOINT + 1)}
    found = judge(write(sealed({**made.files(), **large})), handmade.believing(made.ledger))
    assert letters(found)[0] == "B"
    assert "a ledger in tile form" in faults(found, Verdict.INTEGRITY)
