"""`dvault keys rotate` and `revoke`, and what is said when keys have changed: also of what that does not undo."""

import click

from cli import asking, options, output, progress
from cli.wiring import opened
from vault import renewing, rotating
from vault.archive import Archive
from vault.backup import target
from vault.errors import Misuse
from vault.rotating import Rotated

_KEYS = ("content", "record", "index", "log", "inbox", rotating.ALL)

_KEPT = (
    "who holds an older key keeps what he has opened, and opens with it every older copy of this vault and what lies"
    " in backups from before"
)


@click.command("rotate")
@click.argument("keys", nargs=-1, type=click.Choice(_KEYS), metavar="KEY...")
@click.option("--resume", is_flag=True, help="Go on with what was cut short; no new keys.")
@options.yes_option
@options.json_option
@options.vault_option
def rotate(keys: tuple[str, ...], resume: bool, yes: bool, as_json: bool, vault: str | None) -> None:
    """Make new vault keys and seal them to the members whose roles hold them: content, record, index, log or all.

    What comes later uses the new ones; what is there stays readable to whoever holds the old ones. Headers of documents
    are wrapped anew behind `content`, ledger.db is encrypted anew behind `record`: whoever has the vault open then is
    refused, and opens it again.
    """
    if resume == bool(keys):
        raise Misuse("name keys to rotate, or say --resume", "dvault keys rotate all")
    with opened(vault) as archive:
        if resume:
            _go_on(archive, as_json)
            return
        if not yes and asking.is_possible():
            asking.go_on(f"Make new keys ({', '.join(keys)})?")
        carried_out(archive, rotating.rotate(archive, keys), as_json)


@click.command("revoke")
@click.argument("member", metavar="MEMBER")
@click.option(
    "--from-seq", "first", type=int, required=True, metavar="N", help="The first entry that may not be his own."
)
@options.yes_option
@options.json_option
@options.vault_option
def revoke(member: str, first: int, yes: bool, as_json: bool, vault: str | None) -> None:
    """Take a member out whose keys may be in other hands, such as by a lost laptop, and renew every key that he held.

    What was signed in his name from entry N on is NOT PROVEN to be his from now on; before it nothing changes.
    """
    with opened(vault) as archive:
        if not yes and asking.is_possible():
            asking.go_on(f"Call what {member} signed from entry {first} on worth nothing, and take {member} out?")
        carried_out(archive, rotating.revoke(archive, member, first), as_json)


def carried_out(archive: Archive, done: Rotated, as_json: bool) -> None:
    """Do what has to follow a change of keys, then print it, and what it does not undo."""
    said = ", ".join(f"{purpose} {generation}" for purpose, generation in done.generations) or "no new keys"
    output.say(f"entry {done.entry} is in the ledger: {said}; now what follows it")
    with progress.steps("headers") as show:
        made = renewing.follow(archive, done.entry, show)
    _tell(archive, made, dict(done.generations), done.entry, as_json)


def _go_on(archive: Archive, as_json: bool) -> None:
    with progress.steps("headers") as show:
        made = renewing.finish(archive, show)
    _tell(archive, made, {}, None, as_json)


def _tell(
    archive: Archive, made: renewing.Renewed, generations: dict[str, int], entry: int | None, as_json: bool
) -> None:
    with output.acknowledging("the keys are renewed"):
        if as_json:
            headers = {"headers": made.headers.done, "unopened": made.headers.unopened}
            output.as_json({"entry": entry, "generations": generations, "rekeyed": made.rekeyed, **headers})
        else:
            _print(made, generations)
    if made.headers.unopened:
        count = output.counted(made.headers.unopened, "header")
        output.say(f"{count} did not open and stayed as they were. hint: dvault verify --documents")
    if generations or made.rekeyed or made.headers.done:
        _warn(archive, made, generations)


def _print(made: renewing.Renewed, generations: dict[str, int]) -> None:
    for purpose, generation in generations.items():
        output.data(f"{purpose} {generation}")
    if made.rekeyed:
        output.data("ledger.db is encrypted anew")
    if made.headers.done:
        output.data(f"{output.counted(made.headers.done, 'header')} wrapped anew")
    if not generations and not made.rekeyed and not made.headers.done:
        output.data("nothing was left to do")


def _warn(archive: Archive, made: renewing.Renewed, generations: dict[str, int]) -> None:
    """What rotation does not undo, and who has to be told."""
    if "log" in generations:
        output.say("hint: witnesses and verifiers need the new log keys: dvault policy export")
    output.say(f"not undone: {_KEPT}")
    for path in renewing.older_copies(archive):
        output.say(f"hint: {output.inert(path)} opens by an older record key; remove it when you need it no longer")
    if ("content" in generations or made.headers.done) and (archive.folder.path / target.NAME).exists():
        days = target.read(archive.folder.path).window_days
        output.say(
            f"hint: dvault backup run sends the headers as they are now; the old ones lie there under lock for up to"
            f" {output.counted(days, 'day')} more"
        )
