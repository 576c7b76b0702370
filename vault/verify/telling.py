"""A report in words and in JSON, the same for every program of ours that prints one."""

from collections.abc import Iterable, Iterator

from vault.evidence.completeness import Filed
from vault.evidence.verdicts import Verdict
from vault.verify.report import Report
from vault.verify.steps import Done

SHOWN_FAULTS = 20  # of each verdict, for people; JSON has all
NEVER_LOGGED = "No proof covers a disclosure that was never logged."


def as_dict(report: Report, fingerprint: str) -> dict[str, object]:
    """For JSON: verdicts with all their faults, counts, notes."""
    return {
        "verdicts": {
            str(verdict): {
                "state": str(report.state(verdict)),
                "why": report.why(verdict),
                "faults": [str(fault) for fault in report.faults[verdict]],
            }
            for verdict in Verdict
        },
        "entries": report.entries,
        "transmittals": report.transmittals,
        "checkpoint": report.checkpoint,
        "documents": report.documents,
        "fingerprint": fingerprint,
        "notes": report.remarks + report.skipped,
    }


def steps_as_dicts(steps: Iterable[Done]) -> list[dict[str, object]]:
    """For JSON: each step, by its number."""
    return [
        {"number": one.step.number, "name": one.step.name, "skipped": one.skipped, "over": one.over} for one in steps
    ]


def lists_as_dicts(filed: Iterable[Filed]) -> list[dict[str, object]]:
    """For JSON: each term of a completeness proof with the entries under it; whether that is all, the verdict says."""
    return [
        {"term": one.term, "entries": [{"number": s.entry.seq, "kind": s.entry.kind} for s in one.entries]}
        for one in filed
    ]


def verdict_lines(report: Report) -> Iterator[tuple[Verdict, str]]:
    """`integrity     PROVEN      why`, one for each verdict."""
    for verdict in Verdict:
        yield verdict, f"{verdict:<12}  {report.state(verdict):<10}  {report.why(verdict)}"


def more_faults(report: Report) -> Iterator[str]:
    """The faults behind the first of each verdict, as many as people read."""
    for verdict in Verdict:
        for fault in report.faults[verdict][1:SHOWN_FAULTS]:
            yield f"{verdict}: {fault}"
