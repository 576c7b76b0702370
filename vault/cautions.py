"""Cautions: what a clerk should know before it is logged, and is not stopped by."""

from collections.abc import Iterator

from vault.catalog.answers import Registered
from vault.catalog.queries import Catalog
from vault.records.disclosure import Disclosure
from vault.records.draft import Pair
from vault.records.fields import TABLE, Type
from vault.records.words import AUTHORITIES, NOT_STATED


def of_disclosure(catalog: Catalog, disclosure: Disclosure) -> Iterator[str]:
    """One sentence each."""
    parties = [catalog.by_id(recipient.party.id) for recipient in disclosure.recipients]
    yield from _requests(parties, disclosure)
    yield from _agreements(parties, disclosure)
    yield from of_words("disclosure", disclosure.draft().lines)


def of_words(kind: str, lines: tuple[Pair, ...]) -> Iterator[str]:
    """Words that are none of the usual ones: allowed, but a slip would file them where nobody looks."""
    for known in TABLE[kind]:
        for word in map(str, known.values(dict(lines))) if known.type is Type.WORD else ():
            if word not in known.choices and word != NOT_STATED:
                import difflib

                close = difflib.get_close_matches(word, known.choices, n=1)
                yield f"--{known.option} {word} is no usual word" + (f": did you mean {close[0]}?" if close else ".")


def _requests(parties: list[Registered], disclosure: Disclosure) -> Iterator[str]:
    authorities = [party.name for party in parties if party.values.get("role") in AUTHORITIES]
    if authorities and disclosure.request is None:
        yield f"{authorities[0]} is an authority and no --request is named."


def _agreements(parties: list[Registered], disclosure: Disclosure) -> Iterator[str]:
    """What isn't public should go to nobody without an agreement; authorities sign none."""
    if disclosure.stated.get("designation") == "public" or disclosure.stated.get("nda", NOT_STATED) != NOT_STATED:
        return
    bound = [party for party in parties if party.values.get("role") not in AUTHORITIES]
    free = [party.name for party in bound if "nda" not in party.values]
    if free:
        yield "No NDA on file." if len(bound) == len(free) else f"No NDA on file with {', '.join(free)}."
