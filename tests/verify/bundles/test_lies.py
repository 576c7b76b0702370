"""What an owner leaves out and seals: each lie shows in the verdict that it would make greener."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.ledgers import Ledger
from tests.reports import handmade, lies
from tests.reports.handmade import EVIDENCE, Handmade, Story, sealed
from tests.reports.lies import Lie
from tests.reports.stories import Write
from tests.verify.bundles.judged import faults, judge, letters
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.evidence.verdicts import Verdict
from vault.reports import enclosing
from vault.verify import standalone
from vault.verify.bundles import documents

LIES = [*lies.lies(), lies.by_the_ledger(), lies.too_many(), *lies.misnamed()]


@pytest.mark.parametrize("lie", LIES, ids=[one.name for one in LIES])
def test_a_lie_of_the_owner_shows(lie: Lie, write: Write) -> None:
    found = judge(write(lie.files), lie.outside)
    said = "\n".join(faults(found, verdict) for verdict in Verdict)
    assert letters(found) == lie.letters, said
    assert lie.why in said


NAMES = [
    ("plan.pdf", "plan.pdf", True),
    ("pl_n.pdf", "pl:n.pdf", True),
    ("_-rf", "-rf", True),
    ("_", "...", True),
    ("plan.pdf", "C:\\work\\plan.pdf", True),
    ("x" * 196 + ".pdf", "x" * 300 + ".pdf", True),
    ("x" * 200, "x" * 300, True),
    ("x" * 190 + ".exe", "x" * 300 + ".pdf", False),
    ("plan.pd", "plan.pdf", False),
    ("plan2.pdf", "plan.pdf", False),
    ("draft.pdf", "final.pdf", False),
    ("", "plan.pdf", False),
    ("plan.pdf", "", False),
]


@pytest.mark.parametrize(("found", "name", "fits"), NAMES)
def test_both_say_alike_whether_a_document_is_named_as_its_item(found: str, name: str, fits: bool) -> None:
    assert documents.is_named(found, name) is fits
    assert standalone.is_called(found, name) is fits


@given(st.text())
def test_what_the_writer_calls_a_document_fits_its_item(name: str) -> None:
    called = enclosing._name(3, 1, name).removeprefix("000003-1").removeprefix("-")
    assert documents.is_named(called, name)
    assert standalone.is_called(called, name)


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


def test_true_is_no_size(write: Write) -> None:
    def tell(made: Story, _: Ledger) -> None:
        item = ("item.1.size", True), ("item.1.sha256", handmade.hashed(b"x"))
        made.disclose("2026-11-20T10:00:00+01:00", "confidential", [handmade.GANZHOU, handmade.NAME], *item)

    made = Handmade(lies.story(tell), documents={"000002-1": b"x"})
    assert letters(judge(write(made.files()), handmade.believing(made.ledger)))[0] == "B"
