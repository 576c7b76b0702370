"""Telling what a transmittal is: the preview, the answer, JSON. Lines for people go to stderr."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from cli import output
from vault.archive import Acknowledged, Archive
from vault.catalog.projection import items_of
from vault.disclosing import Plan
from vault.evidence.record import Value
from vault.evidence.strict import utc_text
from vault.names import transmittal_id
from vault.records import moments
from vault.records.draft import Draft
from vault.records.words import NOT_STATED, RELATIONS

LISTED = 20  # items shown one by one; a series of thousands is summed up
_DIGITS = 6  # of a SHA-256: enough to compare by eye with another line


def people(lines: Mapping[str, Value]) -> str:
    """`to Ganzhou Magnet Co., Ltd. (CN)  via DHL (DE)  onward MOFCOM`."""
    found: dict[str, list[str]] = {}
    number = 1
    while relation := lines.get(f"recipient.{number}.relation"):
        country = lines.get(f"recipient.{number}.country")
        name = output.inert(lines.get(f"recipient.{number}.name", ""))
        found.setdefault(str(relation), []).append(f"{name} ({country})" if country else name)
        number += 1
    return "  ".join(f"{relation} {', '.join(found[relation])}" for relation in RELATIONS if relation in found)


def when(line: object) -> str:
    """A record's time for people: 22 Nov 2026 18:39 CET, or the day alone where no more is known."""
    moment = moments.read(line)
    if moment is None:
        return output.inert(line)
    return output.day(moment.start) if moment.is_day else output.local(moment.start)


def preview(planned: Plan) -> None:
    """What will be written."""
    lines = dict(planned.draft.lines)
    output.tell(people(lines))
    output.say(f"{when(lines['event-time'])} ({lines['event-time-basis']})")
    sources = planned.sources
    _list([(output.inert(source.name), output.size(source.size)) for source in sources[:LISTED]], len(sources))
    shown = [(name, value) for name, value in lines.items() if _is_worth_showing(name, value)]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        output.say(f"  {name:<{width}}  {output.inert_lines(value, width + 4)}")
    if said := remarks(planned.cautions, planned.draft):
        output.tell(said)


def _is_worth_showing(name: str, value: Value) -> bool:
    first = name.partition(".")[0]
    if first in ("subject", "matter", "request"):
        return name.endswith((".name", ".degree", ".title", ".number", ".id")) and ".register." not in name
    return first != "recipient" and not name.startswith("event-time") and value != NOT_STATED


def answer(archive: Archive, done: Sequence[Acknowledged], cautions: Sequence[str]) -> None:
    """Numbers on stdout; what was written, what was not stated and the next step on stderr."""
    with output.acknowledging(outcome(done)):
        for one in done:
            output.data(transmittal_id(one.number))
            _tell(one)
    seqs = f"entry {done[0].seq}" if len(done) == 1 else f"entries {done[0].seq} to {done[-1].seq}"
    signed = f"{seqs}, signed {member(archive.secrets.signer.key.name)}; {_covered(archive, done[-1])}."
    output.tell(" ".join(filter(None, (signed, remarks(cautions, done[0].draft)))))
    hint(transmittal_id(done[0].number), done[0].draft)


def outcome(done: Sequence[Acknowledged]) -> str:
    """`T-000017 is in the ledger`, `T-000017 to T-000019 are in the ledger`."""
    first, last = transmittal_id(done[0].number), transmittal_id(done[-1].number)
    return f"{first} is in the ledger" if len(done) == 1 else f"{first} to {last} are in the ledger"


def hint(id_: str, draft: Draft) -> None:
    """How to state later what was not stated."""
    if draft.not_stated:
        options = " ".join(f'--{known.option} "..."' for known in draft.not_stated)
        output.say(f'hint: dvault correct {id_} {options} --reason "..."')


def _tell(one: Acknowledged) -> None:
    lines = dict(one.draft.lines)
    output.tell(f"{transmittal_id(one.number)}  {when(lines['event-time'])}  {people(lines)}")
    categories = ", ".join(str(value) for name, value in lines.items() if name.startswith("category."))
    designation = lines.get("designation", NOT_STATED)
    marks = [mark for mark in (categories, designation) if mark and mark != NOT_STATED]
    items = items_of(lines)
    _list([(*_described(item), *map(str, marks)) for item in items[:LISTED]], len(items))


def _described(item: Mapping[str, Value]) -> Iterator[str]:
    if "sha256" not in item:
        narrative = str(item.get("narrative", ""))
        yield "no file: " + output.inert(narrative[:60]) + ("…" if len(narrative) > 60 else "")
        return
    yield output.inert(item.get("name", ""))
    yield output.size(int(item.get("size", 0)))
    yield f"sha256 {str(item['sha256'])[:_DIGITS]}…"


def _list(rows: Sequence[Iterable[str]], total: int) -> None:
    """Numbered lines: the first of `total`."""
    width = len(str(len(rows)))
    for place, row in enumerate(rows, 1):
        output.tell("  ".join([f"  {place:>{width}}", *row]), width + 4)
    if total > len(rows):
        output.say(f"  and {total - len(rows)} more")


def _covered(archive: Archive, last: Acknowledged) -> str:
    return f"checkpoint {last.seq + 1}" if archive.secrets.log else "only pinned, no checkpoint"


def member(key_name: str) -> str:
    """`m2` of the key name `magnets.example/disclosures/m2`."""
    return key_name.rpartition("/")[2]


def remarks(cautions: Iterable[str], draft: Draft) -> str:
    """What people should know, in one line: `No NDA on file. Not stated: purpose.`"""
    missing = ", ".join(known.option for known in draft.not_stated)
    return " ".join([*map(output.inert, cautions), *([f"Not stated: {missing}."] if missing else [])])


def warnings(cautions: Iterable[str], draft: Draft) -> list[str]:
    """The same for programs: one sentence each, then `not stated: <option>` for each."""
    return [*cautions, *(f"not stated: {known.option}" for known in draft.not_stated)]


def as_json(number: int, seq: int, time: datetime) -> dict[str, Any]:
    """How every JSON line of a transmittal begins."""
    return {"transmittal": transmittal_id(number), "entry": seq, "time": utc_text(time)}


def items_as_json(number: int, items: Sequence[Mapping[str, Value | None]]) -> list[dict[str, Any]]:
    """Its items; null where no file went out."""
    return [
        {"id": transmittal_id(number, place), **{name: item.get(name) for name in ("name", "size", "sha256")}}
        for place, item in enumerate(items, 1)
    ]
