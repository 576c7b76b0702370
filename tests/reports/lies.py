"""Bundles of an owner who has all keys and signs whatever he likes: what he leaves out, and how it shows.

for lie in lies():
    ...  # judge lie.files under lie.outside: it comes to lie.letters, and lie.why says where
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tests.evidence.ledgers import ORIGIN, Ledger
from tests.reports import handmade
from tests.reports.handmade import GANZHOU, NAME, OTHER, PARTY, Files, Handmade, Story, sealed
from tests.verify.lists import indexed
from vault.evidence.statement import Query, Withheld
from vault.verify.outside import Outside

INDEX, ROTATION = "entries/000011", "keys/000007"


class Lie(NamedTuple):
    """What a verifier who believes the auditor says of `files`: `PPPPB`, and in which words of which verdict."""

    name: str
    files: Files
    outside: Outside
    letters: str
    why: str


def story(tell: Callable[[Story, Ledger], None]) -> Story:
    """A story of its own: genesis, m2 joins, what `tell` adds from entry 2 on, the index."""
    made = Story()
    made.ledger = Ledger.founded(ORIGIN)
    made.ledger.admit("m2", "recorder")
    tell(made, made.ledger)
    indexed(made.ledger)
    return made


def _added(made: Story, ledger: Ledger) -> None:
    """2 to the party; 3 to another one, 4 says that the party got that too."""
    made.disclose("2026-11-20T10:00:00+01:00", "confidential", [GANZHOU, NAME])
    made.disclose("2026-11-21T10:00:00+01:00", "confidential", [OTHER])
    ledger.record("correction", [("corrects", 3)], ["entry:3", OTHER, GANZHOU, NAME], by="m2")


def _unfiled(made: Story, ledger: Ledger) -> None:
    """3 corrects 2 and is not filed under it."""
    made.disclose("2026-11-20T10:00:00+01:00", "confidential", [GANZHOU, NAME])
    ledger.record("correction", [("corrects", 2), ("designation", "public")], [GANZHOU, NAME], by="m2")


def _half_filed(made: Story, ledger: Ledger) -> None:
    """3 corrects 2 and lacks one of its names."""
    made.disclose("2026-11-20T10:00:00+01:00", "confidential", [GANZHOU, NAME])
    ledger.record("correction", [("corrects", 2), ("designation", "public")], ["entry:2", GANZHOU], by="m2")


def without(files: Mapping[str, bytes], *parts: str) -> Files:
    """The same without these files, sealed."""
    return sealed({name: data for name, data in files.items() if not any(part in name for part in parts)})


def _with(made: Handmade, entries: list[int]) -> Handmade:
    made.shown = lambda: entries  # type: ignore[method-assign]
    return made


def lies() -> Iterator[Lie]:
    """Each of them under the policy that proves the honest bundle of the same ledger."""
    usual = Story()
    believing = handmade.believing(usual.ledger)

    def told(name: str, made: Handmade, letters: str, why: str) -> Lie:
        return Lie(name, made.files(), handmade.believing(made.ledger), letters, why)

    honest = Handmade(usual).files()
    uncounted = "an index that counts the key entries"
    yield Lie("index and rotation left out", without(honest, INDEX, ROTATION), believing, "PPNPB", uncounted)
    yield Lie("place of the index left out", without(honest, f"{INDEX}.tlog"), believing, "BPNPB", uncounted)

    added = story(_added)
    shown = "correction in entry 4: expected what it is of, shown too"
    yield told("transmittal corrected left out", Handmade(added), "PPPPN", shown)
    yield told("transmittal corrected shown", _with(Handmade(added), [2, 3, 4, 5]), "PPPPP", "")
    hidden = Handmade(added, hidden={4: ["corrects"]}, patterns=[Withheld("corrects", "privilege")])
    yield told("which one it corrects withheld", hidden, "PPPPN", shown)

    open_ = Query(complete=(NAME, GANZHOU), designations=("confidential",))
    yield told("correction not filed under its entry", Handmade(story(_unfiled), open_), "BPPPN", "record of entry 3")
    half = Handmade(story(_half_filed), PARTY)
    yield told("correction not filed under a name", half, "BPPPN", "terms of entry 2, which it follows up")

    more = sealed({**honest, "data/Report.html": b"<p>All is well."})
    yield Lie("a second page, sealed too", more, believing, "BPPPN", "data/Report.html")

    lost = {3: "not-chosen"}
    chosen = Query(every=True, chosen=(2, 3, 4))
    word = Handmade(usual, PARTY._replace(chosen=(1, 3, 4)), {3: "not-chosen"})
    yield told("one chosen, by the owner's word not", word, "PPPPN", "its number, counted in the ledger")
    yield told("one not chosen, counted", Handmade(usual, chosen, lost), "PPPPP", "")
    why = "entry 3, excluded as not-chosen"
    yield told("one chosen, said not to be", Handmade(usual, chosen._replace(chosen=(1, 2, 3, 4)), lost), "PPPPB", why)


def by_the_ledger() -> Lie:
    """T-1 is chosen and said not to be; the ledger in the bundle counts it."""
    usual = Story()
    made = Handmade(usual, PARTY._replace(chosen=(1, 3, 4)), {3: "not-chosen"}, ledger_too=True)
    why = "entry 3, excluded as not-chosen"
    return Lie("one chosen, by the ledger", made.files(), handmade.believing(usual.ledger), "PPPPB", why)


def misnamed() -> Iterator[Lie]:
    """Documents under other names than their items have; pages don't see documents."""
    usual = Story()
    hidden = {3: ["item.1.name"]}, [Withheld("item.*.name", "trade-secret")]
    for name, others in (("draft.pdf", ({}, [])), ("", ({}, [])), ("rotor.pdf", hidden)):
        documents = {f"000003-1{'-' if name else ''}{name}": handmade.DRAWING}
        made = Handmade(usual, hidden=others[0], patterns=others[1], documents=documents)
        yield Lie(f"called {name!r}", made.files(), handmade.believing(usual.ledger), "BPPPN", "item 1 of entry 3")


def too_many() -> Lie:
    """More patterns than a statement may have: nothing can be compared with it."""
    usual = Story()
    made = Handmade(usual, patterns=[Withheld(f"a{number:04}", "x") for number in range(4_097)])
    return Lie("too many patterns", made.files(), handmade.believing(usual.ledger), "BPNNN", "4096 lines `withheld`")
