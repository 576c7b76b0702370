"""Single mutations of bundles before the program, verify.py and the page, in one loop: which verdict turns, who agrees.

Each is judged as it is, by the program and verify.py, and sealed anew by its owner, by all three: with the seal in
order the page can be given all that it checks.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count as count_from
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.reports import handmade, three
from tests.reports.handmade import EVIDENCE, Files
from tests.reports.mutations import MAKERS, Mutation
from tests.reports.three import SEAL, Three
from tests.soak.table import Result, Row
from tests.strangers.reports import Reports
from vault.evidence.verdicts import Verdict
from vault.verify.outside import Outside

SEEDS, COUNT = range(15), 26
NAMES = "single mutations of a report", "the same, sealed anew by the owner"
SAMPLES = ["party", "all", "excluded", "withheld", "ledger"]
_AT_A_TIME = 20
_STRICT = "PNB"
_ORDER = list(Verdict)


class Tried(NamedTuple):
    """A mutation of one of the bundles, as it is or sealed anew, and what the three say of it."""

    one: Mutation
    before: Files
    files: Files
    anew: bool


def mutated(made: Reports, seed: int, count: int) -> Iterator[Tried]:
    """`count` mutations, each kind in turn, of each bundle in turn; those that have a statement also sealed anew."""
    rng, found = random.Random(seed), 0
    bundles = [made.samples[name] for name in SAMPLES]
    for maker, before in zip(cycle(MAKERS), _turning(bundles, seed), strict=False):
        one = maker(before, made.others[1], rng)
        if one is None or one.files == before:
            continue
        yield Tried(one, before, one.files, False)
        if (anew := _sealed(one.files, made.story.origin)) is not None:
            yield Tried(one, before, anew, True)
        found += 1
        if found == count:
            return


def _turning(made: Sequence[Files], first: int) -> Iterator[Files]:
    """Another one for each round of the makers, so that by and by each kind meets each bundle."""
    for number in (place % len(made) for place in count_from(first)):
        yield from [made[number]] * len(MAKERS)


def _sealed(files: Files, origin: str) -> Files | None:
    """By its owner; None where there is no statement that he could seal."""
    try:
        return handmade.sealed(files, origin=origin)
    except (KeyError, UnicodeDecodeError):
        return None


def wrong(tried: Tried, found: Three) -> Iterator[str]:
    """In which way a mutation is greener to somebody than it is, or how the three disagree."""
    one = tried.one
    if found.ours != found.alone:
        yield "the program and verify.py disagree"
    for who, letters in (("the program", found.ours), ("verify.py", found.alone)):
        said = dict(zip(Verdict, letters, strict=True))
        if not tried.anew and not ("B" in letters and all(said[verdict] != "P" for verdict in one.turns)):
            yield f"{who} does not see it"
    if tried.anew and one.seen:
        for who, letters in zip(("the program", "verify.py", "the page"), found.letters, strict=True):
            if all(letters[_ORDER.index(verdict)] == "P" for verdict in one.seen):
                yield f"{who} does not see it, sealed anew"
    if _is_seen(tried) and found.page != found.ours:
        yield "the page disagrees on what it sees"
    if any(_STRICT.index(page) > _STRICT.index(ours) for page, ours in zip(found.page, found.ours, strict=True)):
        yield "the page is stricter than the program"


def _is_seen(tried: Tried) -> bool:
    """Whether all that was changed is in what the page is given, and the seal over it whole. It sees no ledger."""
    names = tried.before.keys() | tried.files.keys()
    changed = {name for name in names if tried.before.get(name) != tried.files.get(name)}
    rest = {name for name in changed if not name.startswith(EVIDENCE)} - {*SEAL, "bag-info.txt"}
    unseen = any(name.startswith(f"{EVIDENCE}ledger/") or name.endswith((".tsr", ".pem")) for name in changed)
    return tried.anew and not rest and not unseen and f"{EVIDENCE}ledger/checkpoint" not in names


def judged(tried: Iterable[Tried], outside: Outside, folder: Path) -> Iterator[tuple[Tried, Three]]:
    """Each of them before all three."""
    rest = iter(tried)
    while some := list(islice(rest, _AT_A_TIME)):
        yield from zip(some, three.judged([(one.files, outside) for one in some], folder), strict=True)


def run(folder: Path, count: int = COUNT, seeds: Sequence[int] = SEEDS) -> Result:
    """`count` mutations by each seed, a process each: a row for each way of sealing, a sentence for what is wrong."""
    folders = [folder / str(seed) for seed in seeds]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        shares = list(pool.map(share, folders, [count] * len(seeds), seeds))
    rows = [Row(name, sum((one[0][place] for one in shares), Counter())) for place, name in enumerate(NAMES)]
    return Result(rows, [fault for one in shares for fault in one[1]])


def share(folder: Path, count: int, seed: int) -> tuple[list[Counter[str]], list[str]]:
    """What one seed comes to: the counts as it is and sealed anew, and what is wrong."""
    folder.mkdir()
    made = Reports(folder)
    outside = handmade.believing(made.story.ledger)  # without roots of TSAs: the page checks no time stamps
    counts, broken = [Counter[str]() for _ in NAMES], list[str]()
    for one, found in judged(mutated(made, seed, count), outside, folder):
        faults = list(wrong(one, found))
        counts[one.anew].update(
            {
                "tried": 1,
                "turned in the program": found.ours != "PPPPP",
                "turned in verify.py": found.alone != "PPPPP",
                "turned in the page": found.page != "PPPPP",
                "not seen, or disagreements": bool(faults),
            }
        )
        broken += [f"{one.one.name}{', sealed anew' * one.anew}: {fault}: {found}" for fault in faults]
    return counts, broken
