"""`dvault restore`: a vault back from a bucket, with nothing but an identity and its address."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli import exits, logs, options, output, progress
from cli.reaching import Reached, bucket_options
from cli.settings import Settings
from cli.wiring import open_identity
from vault.evidence.verdicts import State
from vault.folder import Folder
from vault.pins import Pins
from vault.verify import asking, telling


@click.command("restore", no_args_is_help=True)
@click.argument("url", metavar="URL")
@click.argument("folder", metavar="DIR", type=options.FILE)
@click.option("--at", type=options.FILE, metavar="CHECKPOINT", help="As of this checkpoint, and not the newest one.")
@click.option(
    "--expect", multiple=True, type=options.FILE, metavar="FILE",
    help="Compare with a checkpoint kept elsewhere: shows whether newer entries are lost. Repeatable.",
)  # fmt: skip
@click.option("--fingerprint", default="", metavar="F", help="Compare the vault with F, got another way.")
@bucket_options
@options.json_option
def command(url: str, folder: Path, reached: Reached, as_json: bool, **asked: Any) -> None:
    """Restore the vault at URL into DIR, verify all of it, and pin what was seen.

    Takes the identity from DVAULT_IDENTITY and needs nothing else. If it is interrupted, repeat it: no document is
    fetched twice. Exit code 1 if anything is lost or BROKEN, or if newer entries are known than the backup has.
    """
    from cli import buckets
    from vault.backup import restoring
    from vault.backup.patient import Patient

    user = Settings.of_user()
    expect = tuple(map(asking.kept_checkpoint, asked["expect"]))
    at = asking.kept_checkpoint(asked["at"])[1] if asked["at"] else None
    wish = restoring.Wish(at, expect, asking.fingerprint_of(asked["fingerprint"]))
    bucket = buckets.at(url, reached)
    identity = open_identity(user.identity)
    with (
        progress.steps("restoring") as steps,
        logs.timed("restored") as measured,
    ):
        telling_ = restoring.Telling(steps, _counting(steps))
        found = restoring.restore(Patient(bucket), Folder(folder), identity, Pins(user.pins), wish, telling_)
        measured |= {"entries": found.size}
    with output.judging(exits.FINE if found.is_whole else exits.EVIDENCE):
        if as_json:
            _print_json(found, folder)
        else:
            _print(found, folder, output.inert(bucket.name))


def _counting(steps: Callable[[int, int], object]) -> Callable[[int], Callable[[int], object]]:
    """The same bar for bytes, once entries are through."""

    def of(total: int) -> Callable[[int], object]:
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            steps(done, total)

        return advance

    return of


def _print_json(found: Any, folder: Path) -> None:
    times = {"checkpoint_since": found.since, "last_entry": found.last_time}
    output.as_json({
        "vault": str(folder.resolve()), "origin": found.origin, "fingerprint": found.fingerprint, "size": found.size,
        **{name: time.isoformat() if time else None for name, time in times.items()},
        "lost_tail": found.tail, "lost": found.lost, "warnings": found.odd,
        "verdicts": telling.as_dict(found.report, found.fingerprint)["verdicts"],
    })  # fmt: skip


def _print(found: Any, folder: Path, url: str) -> None:
    output.data(f"vault         {output.inert(folder)}")
    output.data(f"checkpoint    {found.size}, written {_when(found.since)}")
    output.data(f"last entry    {_when(found.last_time)}")
    for verdict, line in telling.verdict_lines(found.report):
        if found.report.state(verdict) is State.BROKEN:
            output.data(output.inert(line))
    for sentence in found.lost:
        output.data(f"lost: {output.inert(sentence)}")
    output.data(f"fingerprint   {found.fingerprint}")
    for sentence in found.odd:
        output.tell(f"warning: {output.inert(sentence)}")
    for sentence in found.tail:
        output.tell(f"warning: entries are lost: {output.inert(sentence)}", 9)
    if found.tail:
        output.say(
            "This copy is to be read, never to be written to: whoever has seen the lost entries would find a fork."
        )
        origin = output.inert(found.origin)
        output.say(f"hint: found a successor that says so: dvault init DIR --origin NEW --continues {origin}")
    else:
        output.tell(
            "Whether entries were logged after that, a backup alone cannot say: --expect a checkpoint that you keep."
        )
        output.say(
            f"hint: dvault verify {output.inert(folder)} --documents; dvault backup init {url} goes on from here"
        )


def _when(time: datetime | None) -> str:
    if time is None:
        return "at an unknown time"
    days = max((datetime.now(time.tzinfo) - time).days, 0)
    return f"{output.local(time)} ({days} day{'' if days == 1 else 's'} ago)"
