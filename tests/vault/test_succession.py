"""A ledger whose tail is lost for good is taken up by another one, which says so; it is never gone on with."""

from contextlib import closing

import pytest

from tests.vault.machine import Machine
from vault import founding, succession
from vault.checking.steps import check
from vault.errors import NotFound, Refused
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse
from vault.evidence.verdicts import Verdict
from vault.pins import Pins
from vault.succession import Predecessor

NEW = "magnets.example/disclosures-2"


def test_the_genesis_names_the_head_that_was_seen_last(machine: Machine) -> None:
    with machine.opened() as archive:
        seen, fingerprint = parse_text(parse(archive.checkpoint()).text), archive.fingerprint
    machine.place.database.unlink()  # nothing of the old one is needed
    before = succession.predecessor(seen.origin, machine.identity.identity, machine.pins)
    assert before == Predecessor(fingerprint, seen.size, seen.root)
    charter = founding.Charter(NEW, continues=before)
    archive = founding.create(machine.folder / "new", charter, machine.identity, machine.pins)
    with closing(archive.database):
        assert succession.claimed(archive.entry(0).entry) == before
        report = check(archive)
    assert report.passes([Verdict.INTEGRITY, Verdict.ORIGIN])  # nothing was disclosed yet, so order is not proven
    assert any(f"takes up {fingerprint} after {seen.size} entries" in remark for remark in report.remarks)


def test_a_ledger_of_its_own_says_nothing_of_others(machine: Machine) -> None:
    with machine.opened() as archive:
        assert succession.claimed(archive.entry(0).entry) is None
        assert not any("takes up" in remark for remark in check(archive).remarks)


def test_a_ledger_nobody_knows_is_not_taken_up(machine: Machine) -> None:
    with pytest.raises(NotFound, match="knows no vault called other"):
        succession.predecessor("other.example/log", machine.identity.identity, machine.pins)


def test_a_head_nobody_saw_here_is_not_made_up(machine: Machine) -> None:
    origin = machine.open().config.origin
    with pytest.raises(Refused, match="no checkpoint of"):
        succession.predecessor(origin, machine.identity.identity, Pins(machine.folder / "elsewhere"))


def test_the_name_of_the_old_one_is_not_given_again(machine: Machine) -> None:
    origin = machine.open().config.origin
    before = succession.predecessor(origin, machine.identity.identity, machine.pins)
    with pytest.raises(Refused, match="knows another vault"):
        founding.create(
            machine.folder / "new", founding.Charter(origin, continues=before), machine.identity, machine.pins
        )
