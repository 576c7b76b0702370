"""Recovery shares between people and the program: shown one at a time, typed, or read from files.

Words appear on a terminal only, and are wiped from it, with what can be scrolled back to. They are shown as they are
typed: who types 33 words blind, and again for each slip, puts them into a file instead, where they stay.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from cli import asking, output
from keys import durable, recovery
from keys.errors import UnfitShares
from keys.recovery import Secret, Share
from vault.errors import Refused
from vault.reports.paper.cards import Card

# The screen, what was scrolled off it (xterm), back to the top. Echoed with color=True: without, NO_COLOR drops it.
_WIPE = "\x1b[2J\x1b[3J\x1b[H"
_LARGEST = 65_536  # bytes of a file of shares
_COLUMNS = 3


def can_be_shown() -> bool:
    """Whether a person sees standard output, and only a person. [In a pipe the words end in a file or a log.]"""
    return output.is_terminal(sys.stdout) and asking.is_possible()


def show(cards: Sequence[Card]) -> None:
    """Show one card after the other, each until Enter is pressed; then nothing of them is on the screen."""
    for card in cards:
        try:
            click.echo(_WIPE + _text(card), color=True)
            click.prompt("Write it down, then press Enter", default="", show_default=False, err=True)
        finally:
            click.echo(_WIPE, nl=False, color=True)


def _text(card: Card) -> str:
    words = [f"{place:>3} {word:<9}" for place, word in enumerate(card.words, 1)]
    rows = ["".join(words[start : start + _COLUMNS]).rstrip() for start in range(0, len(words), _COLUMNS)]
    head = [
        f"Share {card.number} of {card.shares}; any {card.needed} are needed",
        f"vault        {output.inert(card.origin)}",
        f"fingerprint  {card.fingerprint}",
        f"check value  {card.check}",
    ]
    return "\n".join([*head, "", *rows, ""])


def taken(files: Sequence[Path], check: str | None) -> Secret:
    """The secret of as many shares as are needed, from `files`, else typed; its check value is the one on the cards.

    UnfitShares where the files do not make it; what is typed wrong is asked for again.
    """
    if not files and not asking.is_possible():
        raise Refused("there is no terminal to type shares on", "name files that hold them: --shares-file FILE")
    wanted = _check(check)
    return recovery.combine(_read(files) if files else _typed()).confirmed(wanted)


def _check(said: str | None) -> str:
    """The check value comes first: shares that nothing is compared with prove nothing."""
    if said is not None:
        return recovery.parse_check(said)
    if not asking.is_possible():
        raise Refused("there is no terminal to ask for the check value", "say it: --check VALUE, as on the cards")
    while True:
        try:
            return recovery.parse_check(str(click.prompt("Check value, as on every card", err=True)))
        except UnfitShares as exc:
            output.say(f"{exc}; once more.")


def _typed() -> list[Share]:
    shares: list[Share] = []
    while not shares or len(shares) < shares[0].threshold:
        of = f" of {shares[0].threshold}" if shares else ""
        try:
            shares.append(recovery.fitting(shares, _one(f"Words of card {len(shares) + 1}{of}")))
        except UnfitShares as exc:
            output.say(f"{exc}. Hint: {exc.hint}. Once more.")
    return shares


def _one(prompt: str) -> Share:
    try:
        text = str(click.prompt(prompt, err=True))
    finally:
        if output.is_terminal(sys.stderr):
            click.echo(_WIPE, err=True, nl=False, color=True)
    share = recovery.parse_share(text, "this card")
    output.say(f"share {share.number}: the words are right")
    return share


def _read(files: Iterable[Path]) -> list[Share]:
    """One share a line; lines without words are skipped."""
    return [
        recovery.parse_share(line, f"{output.inert(path)}, line {number}")
        for path in files
        for number, line in enumerate(_lines(path), 1)
        if line.split()
    ]


def _lines(path: Path) -> list[str]:
    try:
        data = durable.read(path, _LARGEST + 1)
    except OSError as exc:
        raise Refused(f"{path} cannot be read: {exc.strerror}", "name a file of shares, one a line") from exc
    if len(data) > _LARGEST or not data.isascii():
        raise Refused(f"{path} is no file of shares", "33 words a line, one line a share")
    return data.decode("ascii").splitlines()
