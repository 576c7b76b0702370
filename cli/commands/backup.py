"""`dvault backup`: the vault in a bucket, under locks that its writer cannot lift. docs/operations.md."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cli import exits, logs, options, output, progress
from cli.reaching import Reached, bucket_options
from cli.settings import Settings
from cli.wiring import opened, opened_by
from vault.archive import Archive, now
from vault.backup import target as targets
from vault.backup.running import Job
from vault.backup.target import FACTS, MODES, RETAIN_DAYS, Target
from vault.folder import Folder, read_config
from vault.verify import telling

_SPAN = re.compile(r"([1-9][0-9]{0,4})([dwy])", re.ASCII)
_DAYS = {"d": 1, "w": 7, "y": 365}
_SHOWN = 20  # faults


def _days(_: click.Context, __: click.Parameter, value: str) -> int:
    match = _SPAN.fullmatch(value)
    days = int(match[1]) * _DAYS[match[2]] if match else 0
    if not 0 < days < 36_525:
        raise click.BadParameter("a time is a number with d, w or y, like 10y; at most a century")
    return days


@click.group("backup", no_args_is_help=True)
def command() -> None:
    """Keep the vault in a bucket, under locks that whoever writes it cannot lift."""


@contextmanager
def _job(vault: str | None) -> Iterator[Job]:
    """The vault, its target, and the bucket."""
    with opened(vault) as archive:
        yield _job_of(archive)


def _job_of(archive: Archive) -> Job:
    from cli import buckets

    target = targets.read(archive.folder.path)
    return Job(archive, target, buckets.store(target))


@command.command("init", no_args_is_help=True)
@click.argument("url", metavar="URL")
@click.option(
    "--retain", default=f"{RETAIN_DAYS // 365}y", callback=_days, metavar="TIME", show_default=True,
    help="For how long what is put there is locked.",
)  # fmt: skip
@click.option(
    "--mode", type=click.Choice(MODES), default=MODES[0], show_default=True,
    help="compliance binds everybody, the owner of the account too; governance all without the right to bypass it.",
)  # fmt: skip
@click.option(
    "--window", default=f"{targets.WINDOW_DAYS}d", callback=_days, metavar="TIME", show_default=True,
    help="For how long wrapped keys are locked; each run renews it. An erasure is final when the last window ends.",
)  # fmt: skip
@click.option("--kms", default="", metavar="KEY", help="Let the server encrypt under this KMS key too.")
@bucket_options
@options.json_option
@options.vault_option
def init(url: str, reached: Reached, as_json: bool, vault: str | None, **asked: Any) -> None:
    """Try what the bucket at URL really enforces, print it, and note it in backup.toml.

    URL is like s3://bucket/prefix. Leaves a few small objects under probe/, locked for a minute, and nothing else.
    Exit code 1 if the bucket does not keep versions and locks: backups there do not survive whoever can write them.
    """
    from cli import buckets
    from vault.backup import probing

    place = Folder(Settings.of_user().vault(vault))
    read_config(place)  # it is a vault
    bucket = buckets.at(url, reached, asked["kms"])
    target = Target(bucket.name, *reached, asked["kms"], asked["mode"], asked["retain"], asked["window"])
    with logs.timed("bucket probed"):
        probed, said = probing.probe(bucket, target.mode, datetime.now(UTC)), bucket.settings()
    target = target.with_found(probed.found)
    targets.write(place.path, target)
    default = said.get("lock", {}).get("Rule", {}).get("DefaultRetention", {})
    needed = [name for name in ("versioning", "locks", "keeps", "holds") if not probed.found[name]]
    with output.judging(exits.EVIDENCE if needed else exits.FINE):
        if as_json:
            settings = {"versioning": said.get("versioning"), "default_retention": default or None}
            shown = {"mode": target.mode, "retain_days": target.retain_days, "window_days": target.window_days}
            output.as_json({"url": target.url, **shown, "found": probed.found, "bucket": settings})
            return
        _print_probed(target, probed, default)


def _print_probed(target: Target, probed: Any, default: Any) -> None:
    for name, words in FACTS.items():
        mark = ("yes", "green") if probed.found[name] else ("NO", "red")
        output.data(f"{output.coloured(mark[0], mark[1]):<3}  {words}: {output.inert(probed.did[name])}")
    if default:
        output.data(f"by default it locks: {output.inert(default)}")
    if not probed.found["locks"]:
        output.say("warning: without locks, whoever may write or delete there can destroy this backup")
    elif target.mode == "compliance":
        until = output.day(datetime.now().astimezone() + timedelta(days=target.retain_days))
        output.say(f"From now on each run locks what it puts until about {until} or later: nobody, not even the owner")
        output.say(
            "of the account, can delete it before. Storage is paid for until then. --mode, --retain say otherwise."
        )
    else:
        output.say("warning: whoever has s3:BypassGovernanceRetention can delete it; --mode compliance binds everybody")
    for name in target.lacking:
        output.say(f"warning: it does not hold that the bucket {FACTS[name]}")
    output.say("hint: dvault backup run")


@command.command("run")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@options.json_option
@options.vault_option
def run(dry_run: bool, as_json: bool, vault: str | None) -> None:
    """Send what is new, lock the wrapped keys for another window, and log it. Sends nothing twice.

    Whatever interrupts it, what lies there restores, and the next run goes on. Exit code 6 if the bucket cannot be
    reached now: repeat it.
    """
    from vault.backup import running

    with _job(vault) as job:
        if dry_run:
            planned = running.plan(job)
            if as_json:
                output.as_json(_as_dict(planned))
            else:
                output.data(
                    f"{output.counted(planned.entries, 'entry')}, {output.counted(planned.segments, 'segment')} with"
                    f" {output.size(planned.bytes)}; {output.counted(planned.renewals, 'lock')} to renew"
                )
            return
        with logs.timed("backed up") as measured, _bar("backing up") as advance:
            done = running.run(job, advance)
            measured |= {"objects": done.sent.objects, "bytes": done.sent.bytes}
    with output.acknowledging(f"the backup holds {output.counted(done.size, 'entry')}"):
        if as_json:
            output.as_json({
                "size": done.size, "before": done.before, "objects": done.sent.objects, "bytes": done.sent.bytes,
                "found": done.sent.found, "entry": done.entry, "warnings": list(done.odd),
            })  # fmt: skip
        else:
            output.data(f"checkpoint {done.size}")
    for sentence in done.odd:
        output.tell(f"warning: {output.inert(sentence)}")
    if done.odd:
        output.say("hint: dvault backup verify")
    if done.sent.objects or done.sent.found:
        sent = f"{output.counted(done.sent.objects, 'object')}, {output.size(done.sent.bytes)} sent"
        found = f"; {done.sent.found} lay there already" if done.sent.found else ""
        output.tell(sent + found + (f"; entry {done.entry} tells of it." if done.entry is not None else "."))
    else:
        output.tell("Nothing new.")


def _as_dict(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(value)


@contextmanager
def _bar(label: str) -> Iterator[Any]:
    """A bar that is drawn when its total is known."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda total: stack.enter_context(progress.bar(label, total))


@command.command("status")
@options.json_option
@options.vault_option
def status(as_json: bool, vault: str | None) -> None:
    """How old the backup is, what is not in it, what is missing or hidden there, which locks end, where keys live.

    Reads names and locks, no document. Exit code 1 if something is missing, hidden or no longer locked.
    """
    from vault.backup import status as states

    with _job(vault) as job:
        found = states.status(job)
    with output.judging(exits.EVIDENCE if found.is_harmed else exits.FINE):
        if as_json:
            shown = _as_dict(found)
            for name in ("last", "window"):
                shown[name] = shown[name].isoformat() if shown[name] else None
            shown["living"] = [
                {**one._asdict(), "until": one.until.isoformat() if one.until else None} for one in found.living
            ]
            output.as_json(shown)
            return
        _print_status(found)


def _print_status(found: Any) -> None:
    age = output.local(found.last) if found.last else "never"
    pairs = [("checkpoint", found.covered), ("written", age), ("not in it", output.counted(found.lag, "entry"))]
    if found.window:
        pairs.append(("keys locked until", output.local(found.window)))
    output.pairs(pairs)
    for key in found.missing[:_SHOWN]:
        output.data(f"missing: {output.inert(key)}")
    for key in found.lifted[:_SHOWN]:
        output.data(f"no longer locked: {output.inert(key)}")
    for sentence in found.odd[:_SHOWN]:
        output.data(f"odd: {output.inert(sentence)}")
    for one in found.living:
        until = f"locked until {output.local(one.until)}" if one.until else "not locked"
        output.data(f"still there: the key of the {one.what}, in {output.inert(one.key)}, {until}")
    if found.ending:
        output.say(f"{output.counted(found.ending, 'lock')} end within 90 days. hint: dvault backup extend")
    if found.renewal_due or found.lag:
        output.say("hint: dvault backup run")
    if found.is_harmed:
        output.say("hint: dvault backup verify --all; then dvault backup run sends again what is lost")


@command.command("verify")
@click.option("--all", "all_", is_flag=True, help="Read everything back, and compare every wrapped key.")
@click.option("--sample", metavar="N%", default="5%", show_default=True, help="How much is read back, at random.")
@options.json_option
@options.vault_option
def verify(all_: bool, sample: str, as_json: bool, vault: str | None) -> None:
    """Check what lies there against the ledger: names, versions, sizes, locks, tiles, index, checkpoint, and bytes.

    What is found lost is sent again by the next run. Exit code 1 if anything is not as it has to be.
    """
    from vault.backup import checking

    chosen = checking.every if all_ else checking.share(_percent(sample))
    with _job(vault) as job, logs.timed("backup verified") as measured, _bar("reading back") as advance:
        found = checking.verify(job, chosen, advance)
        measured |= {"named": found.named, "read": found.read}
    with output.judging(exits.FINE if found.passes else exits.EVIDENCE):
        verdicts = telling.as_dict(found.report, "")["verdicts"]
        if as_json:
            output.as_json({
                "named": found.named, "read": found.read, "bytes": found.bytes, "verdicts": verdicts,
                "faults": [fault._asdict() for fault in found.faults], "strangers": found.strangers,
            })  # fmt: skip
            return
        for fault in found.faults[:_SHOWN]:
            output.data(f"{'lost' if fault.lost else 'wrong'}: {output.inert(fault.key)}: {output.inert(fault.what)}")
        if len(found.faults) > _SHOWN:
            output.data(f"and {len(found.faults) - _SHOWN} more")
        for name in found.strangers[:_SHOWN]:
            output.say(f"not ours: {output.inert(name)}")
        for _verdict, line in telling.verdict_lines(found.report):
            output.tell(output.inert(line), 26)
        named = output.counted(found.named, "version")
        output.data(f"{named} named by lists; {found.read} read back, {output.size(found.bytes)}")
        if found.faults:
            output.say("hint: dvault backup run sends again what is lost; docs/operations.md has a page for the rest")


def _percent(sample: str) -> float:
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)%?", sample, re.ASCII)
    if not match or not 0 < float(match[1]) <= 100:
        raise click.BadParameter("a share is like 5%", param_hint="--sample")
    return float(match[1])


@command.command("extend")
@options.json_option
@options.vault_option
def extend(as_json: bool, vault: str | None) -> None:
    """Lock all that lies there for the whole time again, counted from now; wrapped keys for another window."""
    from vault.backup import extending

    with _job(vault) as job, logs.timed("locks extended"):
        count, renewed = extending.extend(job)
        until = job.target.lock(now())
    with output.acknowledging(f"{output.counted(count, 'lock')} extended"):
        if as_json:
            output.as_json({"extended": count, "renewed": renewed, "until": until.until.isoformat() if until else None})
        else:
            output.data(
                f"{output.counted(count, 'version')} extended, {output.counted(renewed, 'object')} of keys renewed"
            )


@command.command("drill")
@click.option("--documents", default=10, show_default=True, type=click.IntRange(0), help="How many to open, at random.")
@options.json_option
@options.vault_option
def drill(documents: int, as_json: bool, vault: str | None) -> None:
    """Restore into a temporary folder, verify, open documents at random, and log how it went. For cron.

    Exit code 1 if the drill failed, 6 if the bucket cannot be reached now, of which nothing is logged.
    """
    from vault.backup import drilling

    with opened_by(vault) as (archive, identity), logs.timed("drilled"):
        found = drilling.drill(_job_of(archive), identity, documents)
    with output.judging(exits.FINE if found.ok else exits.EVIDENCE):
        if as_json:
            output.as_json(_as_dict(found))
            return
        outcome = drilling.OK if found.ok else drilling.FAILED
        output.data(f"drill {outcome}: {output.counted(found.size, 'entry')}, {found.documents} documents opened")
        for sentence in found.why[:_SHOWN]:
            output.data(f"  {output.inert(sentence)}")
        output.tell(f"Entry {found.entry} tells of it.")
