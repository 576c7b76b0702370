"""`dvault verify`: five verdicts, each by itself, and why."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli import exits, logs, options, output, progress
from cli.wiring import opened
from vault.checking.steps import check
from vault.errors import Misuse
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
from vault.verify import asking, telling
from vault.verify.bundles import telling as bundles
from vault.verify.outside import Outside
from vault.verify.report import REQUIRED, Report
from vault.verify.sources import is_address

_COLOURS = {State.PROVEN: "green", State.NOT_PROVEN: "yellow", State.BROKEN: "red"}
SHOWN_FAULTS = telling.SHOWN_FAULTS


def _verdicts(_: click.Context, __: click.Parameter, value: str | None) -> tuple[Verdict, ...] | None:
    try:
        return None if value is None else asking.verdicts_of(value)
    except Misuse as exc:
        raise click.BadParameter(str(exc)) from exc


def _fingerprint(_: click.Context, __: click.Parameter, value: str | None) -> str:
    try:
        return asking.fingerprint_of(" " if value == "" else value or "")
    except Misuse as exc:
        raise click.BadParameter(str(exc)) from exc


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
    "--require",
    callback=_verdicts,
    metavar="VERDICTS",
    help="Which must be PROVEN (default integrity,order,origin; of a receipt integrity,order; of lists all but time).",
)
@click.option(
    "--fingerprint", callback=_fingerprint, metavar="F", help="Compare with F, got another way, and remember that."
)
@click.option(
    "--policy",
    "policy_file",
    type=options.FILE,
    metavar="FILE",
    help="Whom you believe (dvault policy export).",
)
@click.option(
    "--tsa-root",
    "tsa_roots",
    multiple=True,
    type=options.FILE,
    callback=_roots,
    metavar="FILE",
    help="Judge time under these roots of TSAs (PEM or DER), which you got another way.",
)
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=options.FILE,
    metavar="FILE",
    help="Of a ledger in tile form or a report: compare with a checkpoint kept from before. Repeatable.",
)
@click.option(
    "--since",
    type=options.FILE,
    metavar="FILE",
    help="Follow a ledger in tile form: read what is new since FILE was written, and write it anew if all is well.",
)
@options.json_option
@options.vault_option
def command(path: str | None, **asked: Any) -> None:
    """Prove what can be proven of this vault, or of what is at PATH, and name what can't.

    PATH is a vault; or, without any key, a report (the folder or the zip that dvault report writes, which is never
    unpacked), a ledger in tile form (a folder as dvault ledger export writes it, or its address, like
    https://log.example/ledger) or a proof as dvault proof writes it. A vault that was made elsewhere is
    trusted on first use, and not PROVEN, until its fingerprint was compared once; the others are PROVEN only against
    --fingerprint. Exit code 1 if anything is BROKEN or a required verdict is not PROVEN.
    """
    if path == "":
        raise Misuse("an empty name names nothing to verify")
    if path is not None and asking.is_bundle(path):
        _bundle(Path(path), asked)
    elif path is not None and Path(path).is_file():
        _proof(Path(path), asked)
    elif path is not None and _is_ledger(path):
        _ledger(path, asked)
    elif asked["kept"] or asked["since"]:
        raise Misuse("--checkpoint and --since are for a ledger in tile form", "dvault ledger export DIR writes one")
    else:
        _vault(path, asked)


def _is_ledger(path: str) -> bool:
    """An address, or a folder with a checkpoint or tiles and no vault in it."""
    folder = Path(path)
    parts = (folder / "checkpoint").exists() or (folder / "tile").is_dir()
    return is_address(path) or (parts and not (folder / "vault.toml").exists())


def _ledger(path: str, asked: Mapping[str, Any]) -> None:
    if asked["documents"]:
        raise Misuse("a ledger in tile form holds no documents")
    with progress.steps("verifying") as show, logs.timed("ledger verified") as measured:
        found = asking.look(path, _outside(asked), asked["since"], show)
        measured |= {"entries": found.report.entries}
    steps = {"steps": telling.steps_as_dicts(found.steps)}
    _judge(found.report, found.fingerprint, asked, steps)


def _bundle(path: Path, asked: Mapping[str, Any]) -> None:
    if asked["since"]:
        raise Misuse("a report is not followed: --since is for a ledger in tile form")
    with progress.steps("verifying") as show, logs.timed("report verified") as measured:
        found = asking.judge_bundle(path, _outside(asked), show)
        measured |= {"entries": found.report.entries}
    more: dict[str, Any] = {"steps": telling.steps_as_dicts(found.steps)}
    more |= {"report": bundles.as_dict(found.handed)} if found.handed else {}
    said = tuple(bundles.lines(found.handed)) if found.handed else ()
    _judge(found.report, found.fingerprint, asked, more, said)


def _proof(path: Path, asked: Mapping[str, Any]) -> None:
    if asked["documents"] or asked["since"]:
        raise Misuse("a proof holds no documents and is not followed")
    found = asking.prove(path, _outside(asked))
    steps = {"steps": telling.steps_as_dicts(found.steps)}
    steps |= {"lists": telling.lists_as_dicts(found.filed)} if found.filed else {}
    _judge(found.report, found.fingerprint, {**asked, "require": asked["require"] or found.required}, steps)


def _outside(asked: Mapping[str, Any]) -> Outside:
    policy = asking.policy_of(asked["policy_file"]) if asked["policy_file"] else None
    return asking.outside_of(asked["fingerprint"], policy, asked["tsa_roots"], asked["kept"])


def _vault(path: str | None, asked: Mapping[str, Any]) -> None:
    outside = _outside(asked)
    with (
        opened(path or asked["vault"], asked["fingerprint"]) as archive,  # a policy is for this once
        progress.steps("verifying") as show,
        logs.timed("vault verified") as measured,
    ):
        report = check(archive, documents=asked["documents"], outside=outside, progress=show)
        measured |= {"entries": report.entries, "documents": report.documents or 0}
        found = archive.fingerprint
    _judge(report, found, asked, {})


def _judge(
    report: Report, fingerprint: str, asked: Mapping[str, Any], more: Mapping[str, Any], said: Sequence[str] = ()
) -> None:
    with output.judging(exits.FINE if report.passes(asked["require"] or REQUIRED) else exits.EVIDENCE):
        if asked["as_json"]:
            output.as_json({**telling.as_dict(report, fingerprint), **more})
            return
        _print(report, fingerprint)
        for line in said:
            output.tell(output.inert(line))
        for step in more.get("steps", []):
            if step["skipped"]:
                output.tell(f"step {step['number']} ({step['name']}) skipped: {step['over']}", 6)


def _print(report: Report, fingerprint: str) -> None:
    for verdict, line in telling.verdict_lines(report):
        state = report.state(verdict)
        output.verdict(output.inert(line), indent=26, mark=(str(state), _COLOURS[state]))
    counted = [output.counted(report.entries, "entry"), output.counted(report.transmittals, "transmittal")]
    counted.append(f"checkpoint {report.checkpoint}")
    if report.documents is not None:
        counted.append(f"{output.counted(report.documents, 'document')} read")
    output.data(", ".join(counted))
    output.data(f"fingerprint   {fingerprint}")
    for line in report.remarks + report.skipped:
        output.tell(f"note: {output.inert(line)}", 6)
    for line in telling.more_faults(report):
        output.say(output.inert(line))
    output.say(telling.NEVER_LOGGED)
