"""A report before it is written: what it shows and withholds, its statement, its evidence, all of one moment."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vault import covering
from vault.archive import Archive
from vault.errors import Misuse
from vault.evidence.record import Line
from vault.evidence.statement import MAX_TEXT, Counts, Statement
from vault.index import filling
from vault.reports import anchors, asking, enclosing, evidence, revealing, rules, selecting
from vault.reports.asking import Asked, Resolved
from vault.reports.enclosing import Enclosures
from vault.reports.evidence import Evidence
from vault.reports.looking_up import Lookup
from vault.reports.pieces import Piece
from vault.reports.revealing import Shown
from vault.reports.rules import Options
from vault.reports.selecting import Selection


class Prepared(NamedTuple):
    """A report: `evidence` are the files of data/evidence but ledger/, by name, empty in a dry run.

    `pieces` are those shown by number, the index entry and anchors among them; `checkpoint` is the note; `unstamped`
    counts the transmittals that no time stamp is over.
    """

    statement: Statement
    pieces: Mapping[int, Piece]
    evidence: Mapping[str, bytes]
    enclosures: Enclosures
    checkpoint: bytes
    unstamped: int


def prepare(
    archive: Archive, asked: Asked, options: Options, *, dry: bool = False, progress: filling.Progress = lambda *_: None
) -> Prepared:
    """Select, withhold, prove. Nothing is appended but an index and its checkpoint, and not even that in a dry run.

    Raises what resolving and covering do; `Misuse` where what is withheld is asked for, or told by `options`.
    """
    resolved = asking.resolve(archive, asked)
    _check(options, resolved)
    checkpoint, note = covering.indexed(archive, make=not dry, progress=progress)
    with archive.database.snapshot():
        lookup = Lookup(archive, checkpoint)
        selection = selecting.select(archive, resolved.query, lookup)
        shown = revealing.reveal(archive, selection, resolved, options)
        seqs = [one.seq for one in selection.selected]
        bounds = anchors.needed(archive, seqs, checkpoint.size)
        bare = evidence.bare(archive, [checkpoint.size - 1, *bounds.entries])
        pieces = dict(sorted({**shown.pieces, **bare}.items()))
        enclosures = enclosing.enclose(archive, seqs, pieces if options.documents else None)
        statement = _stated(archive, lookup, resolved, options, (selection, shown, pieces, enclosures))
        files = {} if dry else dict(Evidence(archive, lookup, note, pieces).files(statement, bounds))
    return Prepared(statement, pieces, files, enclosures, note, bounds.open)


def _check(options: Options, resolved: Resolved) -> None:
    rules.refuse_contradiction(options.withheld, resolved.query)
    if options.documents and any(
        rule.length(("item", name)) for rule in options.withheld for name in ("sha256", "size")
    ):
        raise Misuse("documents cannot go along while their size or SHA-256 is withheld", "leave --with-documents out")
    if options.ledger and not options.recipient:
        raise Misuse("the whole ledger goes along, and nobody is named to whom", "--for NAME")
    for text in (options.recipient, options.purpose):
        if len(text.encode()) > MAX_TEXT or any(character < " " for character in text):
            raise Misuse(f"a recipient and a purpose are one line of at most {MAX_TEXT} bytes")


def _stated(
    archive: Archive,
    lookup: Lookup,
    resolved: Resolved,
    options: Options,
    contents: tuple[Selection, Shown, Mapping[int, Piece], Enclosures],
) -> Statement:
    selection, shown, pieces, enclosures = contents
    lines = [line for piece in pieces.values() if piece.record for line in piece.record.lines]
    open_ = sum(isinstance(line, Line) for line in lines)
    span = _span(seq for seq, piece in pieces.items() if piece.record)
    later = archive.ledger.size() - lookup.checkpoint.size
    documents = len(enclosures.documents), enclosures.size
    counts = Counts(len(pieces), open_, len(lines) - open_, span, later, *documents, options.ledger)
    return Statement(
        archive.clock(),
        archive.secrets.member,
        lookup.checkpoint,
        resolved.query,
        shown.withheld,
        selection.selected,
        selection.excluded,
        counts,
        options.recipient,
        options.purpose,
    )


def _span(seqs: Iterable[int]) -> tuple[int, int] | None:
    found = sorted(seqs)
    return (found[0], found[-1]) if found else None
