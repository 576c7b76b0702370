"""What `dvault report` tells: before it is written what would be shown and withheld, then what was, JSON."""

from collections import Counter
from collections.abc import Iterator

from cli import output
from vault.evidence.record import Withheld
from vault.evidence.statement import Statement
from vault.names import transmittal_id
from vault.reports.logged import ranges
from vault.reports.making import Made
from vault.reports.preparing import Prepared
from vault.reports.rules import Options

INCOMPLETE = "the query names no party, subject, matter or category: what else there is, nobody can see"

UNCOUNTED = (
    "that the others were not chosen by their numbers is your word, so that completeness will not be proven: ask for"
    " all of them, or --with-ledger"
)


def preview(prepared: Prepared, options: Options) -> None:
    """What is asked, what it selects, what is withheld and why, what else goes along."""
    statement = prepared.statement
    output.tell(f"as of checkpoint {statement.checkpoint.size}; {_scope(statement)}")
    for text in statement.query.filters:
        output.tell(f"  {output.inert(text)}", 4)
    output.tell(f"transmittals: {ranges(one.number for one in statement.selected)}")
    for reason, count in sorted(Counter(one.reason for one in statement.excluded).items()):
        output.tell(f"under the same terms, but not selected: {output.counted(count, 'transmittal')}, {reason}")
    output.tell(_counts(statement))
    withheld = Counter(_withheld(prepared))
    for one in statement.withheld:
        places = sum(count for name, count in withheld.items() if one.fits(name))
        output.tell(f"  withheld: {one.pattern} ({one.reason}), {output.counted(places, 'line')}", 4)
    _remarks(prepared, options)


def _withheld(prepared: Prepared) -> Iterator[str]:
    for piece in prepared.pieces.values():
        yield from (line.name for line in piece.record.lines if isinstance(line, Withheld)) if piece.record else ()


def _scope(statement: Statement) -> str:
    query = statement.query
    if query.every:
        return "all transmittals"
    return f"complete for {'; '.join(map(output.inert, query.complete))}" if query.complete else INCOMPLETE


def _counts(statement: Statement) -> str:
    counts = statement.counts
    return (
        f"{output.counted(len(statement.selected), 'transmittal')}, {output.counted(counts.entries, 'entry')},"
        f" {output.counted(counts.lines, 'line')} shown, {counts.withheld} withheld,"
        f" {output.counted(counts.documents, 'document')} ({output.size(counts.bytes)})"
    )


def _remarks(prepared: Prepared, options: Options) -> None:
    counts = prepared.statement.counts
    if options.ledger:
        output.tell(inferring(options.recipient))
    if prepared.statement.uncounted:
        output.tell(f"note: {UNCOUNTED}")
    if prepared.enclosures.without:
        output.tell(f"note: {output.counted(prepared.enclosures.without, 'item')} without a document to give")
    if counts.later:
        output.tell(f"note: {output.counted(counts.later, 'later entry')} not covered: dvault checkpoint, then repeat")
    if prepared.unstamped:
        stamp = "dvault checkpoint --anchor, then repeat"
        output.tell(f"note: no time stamp is over {output.counted(prepared.unstamped, 'transmittal')}: {stamp}")


def inferring(recipient: str) -> str:
    """What the whole ledger lets its reader infer."""
    return (
        f"the whole ledger goes along: {output.inert(recipient)} sees when anything was logged, of which kind and by"
        " which member, and which entries share a term, those of other clients too; no name, no matter, no document"
    )


def tell(prepared: Prepared, made: Made) -> None:
    """Path and counts on stdout, the rest on stderr."""
    statement = prepared.statement
    output.data(output.inert(made.path))
    output.data(f"{_counts(statement)}; checkpoint {statement.checkpoint.size}, entry {made.seq}")
    output.tell(_scope(statement))
    if made.seal.stamps:
        output.tell(f"sealed with {output.counted(made.seal.stamps, 'time stamp')}")


def as_json(prepared: Prepared, made: Made | None, fingerprint: str) -> dict[str, object]:
    """The same for programs; null where only writing gives it."""
    statement, counts = prepared.statement, prepared.statement.counts
    return {
        "report": str(made.path) if made else None,
        "entry": made.seq if made else None,
        "tagmanifest_sha256": made.tag_manifest.hex() if made else None,
        "stamps": made.seal.stamps if made else None,
        "failed": list(made.seal.failed) if made else [],
        "fingerprint": fingerprint,
        "checkpoint": statement.checkpoint.size,
        "later": counts.later,
        "complete": list(statement.query.complete),
        "every": statement.query.every,
        "within": list(statement.query.within),
        "transmittals": [transmittal_id(one.number) for one in statement.selected],
        "excluded": [{"entry": one.seq, "reason": one.reason} for one in statement.excluded],
        "entries": counts.entries,
        "lines": counts.lines,
        "withheld_lines": counts.withheld,
        "withheld": [{"pattern": one.pattern, "reason": one.reason} for one in statement.withheld],
        "documents": counts.documents,
        "bytes": counts.bytes,
        "without_document": prepared.enclosures.without,
        "unstamped": prepared.unstamped,
        "ledger": counts.ledger,
    }
