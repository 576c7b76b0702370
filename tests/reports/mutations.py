"""Mutations of a bundle, each one thing that a bad disk, or somebody without the keys, may do; for every verifier.

    for one in mutations(files, other, seed=1, count=300):
        ...  # judge one.files: no verdict in one.turns may be PROVEN, and one of them is BROKEN

`files` and `other` are two bundles by the names of their files (`handmade.load` reads a folder), of different ledgers.
`turns` is for who checks the bag too. `seen` is for who sees data/evidence alone (the page): of these verdicts at least
one is no more what it was; empty where he sees nothing of it.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tests.reports.handmade import EVIDENCE, Files, remade
from vault.evidence.verdicts import Verdict

_I, _O, _G, _T, _C = Verdict
_ALL = tuple(Verdict)
UNSEALED = re.compile(r"report\.note|report-[0-9]+\.(tsr|pem)|tagmanifest-sha256\.txt")
_STAMPS = re.compile(r".*\.(tsr|pem)")

_SEEN: tuple[tuple[str, tuple[Verdict, ...]], ...] = (
    (r"(entries|keys)/.*\.entry|genesis\.entry", (_I, _O, _G)),
    (r".*\.tlog-proof", (_I, _O)),
    (r".*\.record", (_I,)),
    (r"index/kind-(party)\.proof", (_C, _G)),
    (r"index/.*", (_C, _G)),
    (r"consistency/.*|anchors/[0-9]+/checkpoint", (_O, _T)),
    (r"checkpoint", (_I, _O, _G, _C)),
)


class Mutation(NamedTuple):
    """What was done, the files after it, which verdicts turn."""

    name: str
    files: Files
    turns: tuple[Verdict, ...]
    seen: tuple[Verdict, ...] = ()


def seen_in(name: str) -> tuple[Verdict, ...]:
    """Which verdicts another file of this name turns for who sees data/evidence alone."""
    below = name.removeprefix(EVIDENCE)
    if below == name:
        return ()
    return next((verdicts for pattern, verdicts in _SEEN if re.fullmatch(pattern, below)), ())


Maker = Callable[[Mapping[str, bytes], Mapping[str, bytes], random.Random], Mutation | None]


def _listed(files: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in files if not UNSEALED.fullmatch(name))


def _picked(files: Mapping[str, bytes], pattern: str, rng: random.Random) -> str:
    return rng.choice(sorted(name for name in files if re.fullmatch(pattern, name)))


def changed(data: bytes, rng: random.Random) -> bytes:
    """One byte changed, put in, or left out."""
    at = rng.randrange(len(data)) if data else 0
    kind = rng.randrange(3) if data else 1
    if kind == 0:
        return data[:at] + bytes([data[at] ^ rng.randrange(1, 256)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + bytes([rng.randrange(256)]) + data[at:]
    return data[:at] + data[at + 1 :]


def byte(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A byte of any file that a manifest lists."""
    name = rng.choice(_listed(files))
    return Mutation(f"a byte of {name}", {**files, name: changed(files[name], rng)}, (_I,), seen_in(name))


def byte_remade(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """The same, with the manifests made anew."""
    name = _picked(files, r"data/.*", rng)
    made = remade({**files, name: changed(files[name], rng)})
    return Mutation(f"a byte of {name}, manifests made anew", made, (_G,), seen_in(name))


def byte_of_evidence(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A byte of what the page looks at, with the manifests made anew."""
    names = [name for name in sorted(files) if seen_in(name)]
    name = rng.choice(names)
    made = remade({**files, name: changed(files[name], rng)})
    return Mutation(f"a byte of {name}, manifests made anew", made, (_G,), seen_in(name))


def byte_of_seal(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A byte of report.note or of the tag manifest."""
    name = rng.choice(["report.note", "tagmanifest-sha256.txt"])
    return Mutation(f"a byte of {name}", {**files, name: changed(files[name], rng)}, (_G,))


def file_left_out(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A file is gone."""
    name = rng.choice(_listed(files))
    made = {known: data for known, data in files.items() if known != name}
    return Mutation(f"{name} left out", made, (_I,))


def record_left_out(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A record is gone, from the manifests too."""
    name = _picked(files, rf"{EVIDENCE}entries/.*\.record", rng)
    made = remade({known: data for known, data in files.items() if known != name})
    return Mutation(f"{name} left out, manifests made anew", made, (_I, _G), (_I,))


def entry_left_out(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A whole entry is gone, from the manifests too; the statement counts it still."""
    stem = _picked(files, rf"{EVIDENCE}entries/.*\.entry", rng).removesuffix(".entry")
    made = remade({known: data for known, data in files.items() if not known.startswith(f"{stem}.")})
    return Mutation(f"{stem} left out, manifests made anew", made, (_G, _C), (_C,))


def swapped(pattern: str, seen: tuple[Verdict, ...]) -> Maker:
    """Two files of a sort exchange what is in them."""

    def swap(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation | None:
        names = sorted(name for name in files if re.fullmatch(EVIDENCE + pattern, name))
        if len({files[name] for name in names}) < 2:
            return None
        one, two = rng.sample(names, 2)
        made = {**files, one: files[two], two: files[one]}
        if files[one] == files[two]:
            return None
        if rng.random() < 0.5:
            return Mutation(f"{one} and {two} swapped", made, (_I,), seen)
        return Mutation(f"{one} and {two} swapped, manifests made anew", remade(made), (_G,), seen)

    return swap


def count_changed(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation | None:
    """A number in the statement: how much is shown, a transmittal's entry, the ends of the span."""
    name = EVIDENCE + "statement"
    lines = files[name].decode().split("\n")
    words = ("shown", "span", "documents", "transmittal", "excluded")
    at = rng.choice([n for n, line in enumerate(lines) if line.split(" ")[0] in words])
    fields = lines[at].split(" ")
    place = rng.choice([n for n, field in enumerate(fields) if field.isdigit() and n])
    if (fields[0], place) == ("transmittal", 1):  # counted in the ledger, which is not here
        return None
    fields[place] = str(int(fields[place]) + 1)
    lines[at] = " ".join(fields)
    made = {**files, name: "\n".join(lines).encode()}
    said = f"statement: {lines[at]}"
    if rng.random() < 0.5:
        return Mutation(said, made, (_I, _G), (_C,))
    return Mutation(f"{said}, manifests made anew", remade(made), (_G,), (_C,))


def line_left_out(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A line of the statement that a count or the query is in is gone."""
    name = EVIDENCE + "statement"
    lines = files[name].decode().split("\n")
    words = ("complete", "transmittal", "excluded", "within", "span")
    at = rng.choice([n for n, line in enumerate(lines) if line.split(" ")[0] in words])
    made = remade({**files, name: "\n".join([*lines[:at], *lines[at + 1 :]]).encode()})
    return Mutation(f"statement: `{lines[at]}` left out, manifests made anew", made, (_G,), (_C,))


def others(pattern: str, turns: tuple[Verdict, ...], seen: tuple[Verdict, ...]) -> Maker:
    """A file of the other bundle in place of this one's."""

    def replace(files: Mapping[str, bytes], other: Mapping[str, bytes], rng: random.Random) -> Mutation | None:
        names = [n for n in files if re.fullmatch(pattern, n) and n in other and other[n] != files[n]]
        if not names:
            return None
        name = rng.choice(sorted(names))
        made = remade({**files, name: other[name]})
        return Mutation(f"{name} of another bundle, manifests made anew", made, turns, seen)

    return replace


def renamed(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A file has another name, in the manifests too or not."""
    name = rng.choice(_listed(files))
    new = name + rng.choice(["~", ".bak", " ", "x"])
    made = {new if known == name else known: data for known, data in files.items()}
    if name.startswith("data/") and rng.random() < 0.5:
        seen = (_I,) if name.startswith(EVIDENCE) else ()
        return Mutation(f"{name} renamed, manifests made anew", remade(made), (_G,), seen)
    return Mutation(f"{name} renamed", made, (_I,))


def added(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A file more, that nobody lists. [A page beside the page.]"""
    name = rng.choice(["data/Report.html", "index.html", "report.html", EVIDENCE + "entries/000099.entry", "data/x"])
    return Mutation(f"{name} added", {**files, name: b"<script>alert(1)</script>"}, (_I,))


def follow_up_left_out(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation | None:
    """A correction, with every count set right and the manifests made anew: all but the index and the seal fit."""
    stems = [n.removesuffix(".entry") for n in files if re.fullmatch(rf"{EVIDENCE}entries/.*\.entry", n)]
    later = [s for s in stems if files[f"{s}.entry"].split(b"\n")[3] in (b"correction", b"receipt", b"notice")]
    if not later:
        return None
    stem = rng.choice(sorted(later))
    made = without_entry(files, stem)
    return Mutation(f"{stem} left out and uncounted, manifests made anew", remade(made), (_G, _C), (_C,))


def without_entry(files: Mapping[str, bytes], stem: str) -> Files:
    """The bundle without an entry that has a record, its statement counting what is left."""
    lines = files[f"{stem}.record"].split(b"\n")[:-1]
    shown, held = (sum(line.startswith(mark) for line in lines) for mark in (b"= ", b"- "))
    made = {name: data for name, data in files.items() if not name.startswith(f"{stem}.")}
    seqs = sorted(
        int(name.rpartition("/")[2][:-7]) for name in made if re.fullmatch(rf"{EVIDENCE}entries/.*\.record", name)
    )

    def recount(match: re.Match[bytes]) -> bytes:
        entries, open_, hidden = map(int, match.groups())
        return b"shown %d %d %d" % (entries - 1, open_ - shown, hidden - held)

    said = re.sub(rb"shown (\d+) (\d+) (\d+)", recount, files[EVIDENCE + "statement"])
    said = re.sub(rb"span \d+ \d+", b"span %d %d" % (seqs[0], seqs[-1]), said)
    return made | {EVIDENCE + "statement": said}


def withheld(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation:
    """A line is withheld that was shown, counted, the manifests made anew; no pattern says so."""
    name = _picked(files, rf"{EVIDENCE}entries/.*\.record", rng)
    lines = files[name].decode().split("\n")[:-1]
    at = rng.choice([n for n, line in enumerate(lines) if line.startswith("= ")])
    lines[at] = _hidden(lines[at])
    said = re.sub(
        rb"shown (\d+) (\d+) (\d+)",
        lambda m: b"shown %d %d %d" % (int(m[1]), int(m[2]) - 1, int(m[3]) + 1),
        files[EVIDENCE + "statement"],
    )
    made = remade({**files, name: "".join(f"{line}\n" for line in lines).encode(), EVIDENCE + "statement": said})
    # Of what is excluded its owner may withhold what he likes, once he has sealed it.
    is_excluded = re.search(rb"\nexcluded %d " % int(name.rpartition("/")[2][:-7]), said)
    seen = () if is_excluded else (_C,)
    return Mutation(
        f"line {at + 1} of {name} withheld, manifests made anew", made, (_G,) if is_excluded else (_G, _C), seen
    )


def _hidden(line: str) -> str:
    from base64 import b64encode
    from hashlib import sha256
    from json import loads

    text = line[2:]
    return f"- {loads(text)[1]} {b64encode(sha256(text.encode()).digest()).decode()}"


def value_changed(files: Mapping[str, bytes], _: Mapping[str, bytes], rng: random.Random) -> Mutation | None:
    """A shown line says something else."""
    name = _picked(files, rf"{EVIDENCE}entries/.*\.record", rng)
    data = files[name]
    places = [m.start(1) for m in re.finditer(rb'","[^"]+","([A-Za-z])', data)]
    if not places:
        return None
    at = rng.choice(places)
    made = data[:at] + (b"Z" if data[at : at + 1] != b"Z" else b"Y") + data[at + 1 :]
    return Mutation(f"a value in {name}, manifests made anew", remade({**files, name: made}), (_I, _G), (_I,))


MAKERS: tuple[Maker, ...] = (
    byte, byte_remade, byte_of_evidence, byte_of_evidence, byte_of_seal, file_left_out, record_left_out,
    entry_left_out, swapped(r"entries/.*\.tlog-proof", (_O,)), swapped(r"entries/.*\.record", (_I,)),
    swapped(r"entries/.*\.entry", (_O,)), swapped(r"index/kind-.*\.proof", (_C,)),
    swapped(r"index/(terms|follow-ups)\.proofs", (_C,)), swapped(r"anchors/[0-9]+/checkpoint", (_O,)), count_changed,
    line_left_out, others(EVIDENCE + r"checkpoint", (_O, _G), (_O,)), others(r"report\.note", (_G,), ()),
    others(EVIDENCE + r"genesis\.entry", (_O, _G), (_O, _G)), others(EVIDENCE + r"index/.*", (_G, _C), (_C,)),
    others(EVIDENCE + r"entries/.*\.(entry|tlog-proof)", (_G,), (_O,)), renamed, added, follow_up_left_out, withheld,
    value_changed,
)  # fmt: skip
"""In turn, so that a small sample has each of them."""


def mutations(files: Mapping[str, bytes], other: Mapping[str, bytes], seed: int, count: int) -> Iterator[Mutation]:
    """`count` of them, the same for the same seed; none leaves the bundle as it was."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        for maker in MAKERS:
            one = maker(files, other, rng)
            if one is not None and one.files != dict(files) and made < count:
                made += 1
                yield one


Judge = Callable[[Files], Mapping[Verdict, str]]


def check(one: Mutation, judge: Judge, seal: Callable[[Files], Files]) -> None:
    """Assert that a verifier, who says P, N or B of each verdict, sees a mutation; and what its owner seals anew."""
    found = judge(one.files)
    assert all(found[verdict] != "P" for verdict in one.turns), (one.name, found)
    assert "B" in found.values(), (one.name, found)
    if one.seen:
        found = judge(seal(one.files))
        assert any(found[verdict] != "P" for verdict in one.seen), (one.name, "sealed anew", found)
