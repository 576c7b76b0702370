"""`dvault verify`: five verdicts, each by itself, and why."""

import re
from pathlib import Path

import click

from cli import exits, logs, options, output, progress
from cli.wiring import opened
from vault.checking.steps import check
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
from vault.verify.report import REQUIRED, Report

_COLOURS = {State.PROVEN: "green", State.NOT_PROVEN: "yellow", State.BROKEN: "red"}
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
SHOWN_FAULTS = 20  # of each verdict, for people; JSON has all


def _verdicts(_: click.Context, __: click.Parameter, value: str | None) -> tuple[Verdict, ...]:
    if value is None:
        return REQUIRED
    try:
        return tuple(Verdict(name.strip().lower()) for name in value.split(",") if name.strip())
    except ValueError as exc:
        raise click.BadParameter(f"verdicts are {', '.join(Verdict)}") from exc


def _fingerprint(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """64 hex digits, as printed or as people write them down: in groups, in capitals."""
    digits = "".join((value or "").split()).lower()
    if value is not None and not _FINGERPRINT.fullmatch(digits):
        raise click.BadParameter("a fingerprint has 64 hex digits, as dvault init and verify print it")
    return digits


def _roots(_: click.Context, __: click.Parameter, value: tuple[Path, ...]) -> tuple[bytes, ...]:
    """The certificates in the files; without the option none, and no ASN.1 is loaded."""
    if not value:
        return ()
    from vault.anchoring.certificates import MAX_ROOTS_FILE, parse_roots

    found: list[bytes] = []
    for path in value:
        try:
            with path.open("rb") as file:
                found += parse_roots(file.read(MAX_ROOTS_FILE + 1), str(path))
        except (OSError, Malformed) as exc:
            raise click.BadParameter(f"{path}: {getattr(exc, 'strerror', None) or exc}") from exc
    return tuple(found)


@click.command("verify")
@click.argument("path", metavar="[PATH]", required=False)
@click.option("--documents", is_flag=True, help="Read every document too: payload and content hashes, all tags.")
@click.option(
    "--require", callback=_verdicts, metavar="VERDICTS", help="Which must be PROVEN (default integrity,order,origin)."
)
@click.option(
    "--fingerprint", callback=_fingerprint, metavar="F", help="Compare with F, got another way, and remember that."
)
@click.option(
    "--tsa-root", "tsa_roots", multiple=True, type=options.FILE, callback=_roots, metavar="FILE",
    help="Judge time under these roots of TSAs (PEM or DER), which you got another way.",
)  # fmt: skip
@options.json_option
@options.vault_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    path: str | None,
    documents: bool,
    require: tuple[Verdict, ...],
    fingerprint: str,
    tsa_roots: tuple[bytes, ...],
    as_json: bool,
    vault: str | None,
) -> None:
    """Prove what can be proven of this vault, or of the one at PATH, and name what can't.

    A vault that was made elsewhere is trusted on first use, and not PROVEN, until its fingerprint was compared once.
    Exit code 1 if anything is BROKEN or a required verdict is not PROVEN.
    """
    with (
        opened(path or vault, fingerprint) as archive,
        progress.steps("verifying") as show,
        logs.timed("vault verified") as measured,
    ):
        report = check(archive, documents=documents, tsa_roots=tsa_roots, progress=show)
        measured |= {"entries": report.entries, "documents": report.documents or 0}
        found = archive.fingerprint
    with output.judging(exits.FINE if report.passes(require) else exits.EVIDENCE):
        if as_json:
            output.as_json(_as_json(report, found))
        else:
            _print(report, found)


def _print(report: Report, fingerprint: str) -> None:
    for verdict in Verdict:
        state = report.state(verdict)
        line = f"{verdict:<12}  {state:<10}  {output.inert(report.why(verdict))}"
        output.verdict(line, indent=26, mark=(str(state), _COLOURS[state]))
    counted = [output.counted(report.entries, "entry"), output.counted(report.transmittals, "transmittal")]
    counted.append(f"checkpoint {report.checkpoint}")
    if report.documents is not None:
        counted.append(f"{output.counted(report.documents, 'document')} read")
    output.data(", ".join(counted))
    output.data(f"fingerprint   {fingerprint}")
    for line in report.remarks + report.skipped:
        output.tell(f"note: {output.inert(line)}", 6)
    for verdict in Verdict:
        for fault in report.faults[verdict][1:SHOWN_FAULTS]:
            output.say(f"{verdict}: {output.inert(fault)}")
    output.say("No proof covers a disclosure that was never logged.")


def _as_json(report: Report, fingerprint: str) -> dict[str, object]:
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
