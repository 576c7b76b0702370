"""`dvault keys recovery`: cards of words, some of which together are one more custodian."""

import os
from pathlib import Path

import click

from cli import asking, options, output, shares, writing
from cli.settings import IDENTITY, Settings
from cli.wiring import new_identity, opened
from keys import recovery
from keys.recovery import MAX_SHARES, Secret, Share
from keys.roles import CUSTODIAN
from vault import membership, unlocked
from vault.archive import Archive
from vault.errors import Misuse, Refused
from vault.reports.paper import cards
from vault.reports.paper.cards import Card

shares_file_option = click.option(
    "--shares-file", "files", multiple=True, type=options.FILE, metavar="FILE",
    help="Read shares from FILE, one a line, and not from a prompt. Repeatable.",
)  # fmt: skip
check_option = click.option("--check", metavar="VALUE", help="The key-check value on the cards; asked for, else.")


@click.group("recovery")
def command() -> None:
    """Cards for a safe: enough of them together are one more custodian, fewer of them tell nothing."""


@command.command("create")
@click.option(
    "--threshold", type=click.IntRange(2, MAX_SHARES), required=True, metavar="K", help="How many cards are needed."
)
@click.option(
    "--shares", "count", type=click.IntRange(2, MAX_SHARES), required=True, metavar="N", help="How many there are."
)
@click.option("-o", "--output", "target", type=options.FILE, help="Write the cards to this PDF, and show none.")
@options.yes_option
@options.json_option
@options.vault_option
def create(threshold: int, count: int, yes: bool, as_json: bool, vault: str | None, target: Path | None) -> None:
    """Make N cards, any K of which open this vault without you, and admit what they make as a custodian.

    Without -o the cards are shown on the terminal, one at a time, to be written down. A PDF made by -o holds the whole
    secret: print it, then destroy it. The cards are good once the name of the new member is printed.
    """
    if threshold > count:
        raise Misuse(f"{threshold} of {count} cards can never be there", "--threshold is at most --shares")
    if not target and not shares.can_be_shown():
        raise Refused("there is no terminal to show the cards on", "-o FILE writes them as a PDF")
    if target and os.path.lexists(target):
        raise Refused(f"{target} exists", "name another file with -o")
    with opened(vault) as archive:
        membership.refuse_others(archive, "makes a recovery")
        if not yes and asking.is_possible():
            asking.go_on(f"Make {count} cards, any {threshold} of which open everything in this vault?")
        secret, made = recovery.create(threshold, count)
        _hand_out(_cards(archive, secret, made), target)
        name = membership.admit(archive, secret.identity().public, frozenset({CUSTODIAN}))
    with output.acknowledging(f"the cards are good: they are the custodian {name}"):
        if as_json:
            output.as_json({"member": name, "check": secret.check, "threshold": threshold, "shares": count})
        else:
            output.data(f"{name}  check value {secret.check}")
    output.tell(
        f"hint: try {threshold} of the cards now: dvault keys recovery test; give each to another person. If one is"
        f" seen, dvault keys member remove {name} makes all of them worthless"
    )


def _cards(archive: Archive, secret: Secret, made: tuple[Share, ...]) -> list[Card]:
    vault = archive.config.origin, archive.fingerprint
    return [Card(*vault, one.number, len(made), one.threshold, secret.check, one.words) for one in made]


def _hand_out(made: list[Card], target: Path | None) -> None:
    """Before anything is admitted: cards that nobody has seen would be a custodian whom nobody can ever be."""
    if target is None:
        shares.show(made)
        return
    writing.new_file(target, cards.pdf(made))
    output.tell(
        f"warning: {output.inert(target)} holds the whole secret. Print it on a printer that keeps nothing, hand the"
        " pages out, destroy the file"
    )


@command.command("test")
@shares_file_option
@check_option
@click.option(
    "--keyring", "ring", type=options.FILE, metavar="FILE",
    help="Try them on this too: the file `keyring` of a vault, or a copy of it.",
)  # fmt: skip
@options.json_option
def test(files: tuple[Path, ...], check: str | None, ring: Path | None, as_json: bool) -> None:
    """Say whether as many cards as are needed would open what they were made for. Changes nothing, writes nothing.

    It needs no identity. Without a keyring it says that they are the cards of that check value; with one, also whether
    the vault still seals its keys to them.
    """
    secret = shares.taken(files, check)
    mine = secret.identity()
    signed = unlocked.parse_keyring(ring) if ring else None
    member = unlocked.opens_newest(signed, mine) if signed else None
    if as_json:
        output.as_json({"check": secret.check, "fingerprint": mine.public.fingerprint, "member": member})
        return
    output.data(f"these are the cards of check value {secret.check}")
    if signed:
        output.data(f"they open the newest keys of {output.inert(signed.unverified.origin)}, as {member}")
    else:
        output.say("hint: --keyring FILE says whether a vault still takes them")


@command.command("restore")
@shares_file_option
@check_option
@options.json_option
def restore(files: tuple[Path, ...], check: str | None, as_json: bool) -> None:
    """Make an identity of as many cards as are needed, under a new passphrase; never over another identity.

    With it, `dvault restore URL DIR` brings the vault back on an empty machine.
    """
    path = Settings.of_user().identity
    if os.path.lexists(path):
        raise Refused(f"{path} exists; an identity is never overwritten", f"name another by {IDENTITY}")
    made = new_identity(path, shares.taken(files, check).identity())
    fingerprint = made.identity.public.fingerprint
    with output.acknowledging("the identity is made"):
        if as_json:
            output.as_json({"identity": str(path), "fingerprint": fingerprint})
        else:
            output.data(f"fingerprint {fingerprint}")
    output.tell(
        "hint: dvault restore URL DIR --fingerprint F, with F from a card. Then admit a custodian who is a person, and"
        " make new cards: these have been in one place"
    )
