"""The report: five verdicts, the worst found decides each, silence proves nothing, a flood hides nothing."""

import subprocess
import sys

import pytest

from vault.evidence.verdicts import State, Verdict, broken, not_proven
from vault.verify.report import MAX_FAULTS, REQUIRED, Report

ORDER = Verdict.ORDER


def test_a_verdict_nobody_spoke_for_is_not_proven() -> None:
    report = Report()
    assert {report.state(verdict) for verdict in Verdict} == {State.NOT_PROVEN}
    assert report.why(ORDER) == "nothing was looked at"
    assert not report.passes()


def test_what_was_shown_proves_where_nothing_speaks_against_it() -> None:
    report = Report()
    report.prove(ORDER, "one chain")
    assert report.state(ORDER) is State.PROVEN
    assert report.why(ORDER) == "one chain"


@pytest.mark.parametrize("order", [1, -1])
def test_the_worst_decides_whatever_came_first(order: int) -> None:
    report = Report()
    report.prove(ORDER, "one chain")
    faults = [not_proven(ORDER, "pin", "a pin"), broken(ORDER, "entry 3", "a link", "none")][::order]
    report.add(faults)
    assert report.state(ORDER) is State.BROKEN
    assert report.why(ORDER) == "entry 3: expected a link, found 'none' (and 1 more)"
    assert [fault.state for fault in report.faults[ORDER]] == [State.BROKEN, State.NOT_PROVEN]


def test_a_flood_of_lacks_hides_no_break() -> None:
    report = Report()
    report.prove(ORDER, "one chain")
    report.add(not_proven(ORDER, f"entry {seq}", "a signer not revoked later") for seq in range(MAX_FAULTS + 50))
    report.add([broken(ORDER, "entry 9", "a link")])
    assert report.state(ORDER) is State.BROKEN
    assert report.why(ORDER) == f"entry 9: expected a link (and {MAX_FAULTS + 50} more)"
    assert len(report.faults[ORDER]) == MAX_FAULTS + 1


def test_each_verdict_is_judged_by_itself() -> None:
    report = Report()
    for verdict in Verdict:
        report.prove(verdict, "fine")
    report.add([broken(Verdict.TIME, "anchor", "a token")])
    assert [report.state(verdict) for verdict in REQUIRED] == [State.PROVEN] * 3
    assert report.state(Verdict.TIME) is State.BROKEN


@pytest.mark.parametrize(
    ("required", "passes"),
    [(REQUIRED, True), ((), True), ((Verdict.TIME,), False), (tuple(Verdict), False)],
)
def test_what_is_required_has_to_be_proven(required: tuple[Verdict, ...], passes: bool) -> None:
    report = Report()
    for verdict in REQUIRED:
        report.prove(verdict, "fine")
    report.add([not_proven(Verdict.TIME, "anchor", "a token")])
    assert report.passes(required) == passes


def test_a_break_fails_also_where_it_is_not_required() -> None:
    report = Report()
    for verdict in Verdict:
        report.prove(verdict, "fine")
    report.add([broken(Verdict.COMPLETENESS, "index", "a root")])
    assert not report.passes(())


def test_importing_the_verifier_loads_no_database_cloud_or_command_line() -> None:
    script = (
        "import sys, vault.verify, vault.verify.report\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'sqlcipher3', 'boto3', 'botocore', 'click', 'rich', 'keys', 'cli', 'cryptography'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
