"""Which record lines are shown: all, but subjects that nobody asked for, what is withheld by name, and what repeats it.

A value that is withheld somewhere is withheld wherever it stands. [The purpose says "for Società Magneti": the name
that was withheld in its own line is read in another.]
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from vault.archive import Archive
from vault.errors import Misuse
from vault.evidence import naming
from vault.evidence import record as records
from vault.evidence.record import Value
from vault.evidence.statement import Withheld
from vault.reports import paths, repeated
from vault.reports.asking import Resolved
from vault.reports.paths import Path
from vault.reports.pieces import Piece
from vault.reports.rules import Options, hides
from vault.reports.selecting import DECIDING, Selection

OTHER_CLIENT = "other-client"
_ALWAYS = ("corrects", *DECIDING)


class Shown(NamedTuple):
    """The pieces of a report as they are shown, and which lines are withheld in all of them."""

    pieces: Mapping[int, Piece]
    withheld: tuple[Withheld, ...]


class _Hidden(NamedTuple):
    pattern: str
    reason: str


def reveal(archive: Archive, selection: Selection, resolved: Resolved, options: Options) -> Shown:
    """The pieces with lines withheld. `Misuse` where recipient or purpose tell what is withheld."""
    hider = _Hider(archive, selection, resolved, options)
    hidden = {seq: dict(hider.of_piece(seq, piece)) for seq, piece in selection.pieces.items()}
    hider.repeat(hidden)
    patterns: dict[str, str] = {}
    for seq, some in hidden.items():
        for name, one in some.items():
            if seq not in selection.outside or name in _ALWAYS:  # the others are withheld whatever they say
                patterns.setdefault(one.pattern, one.reason)
    pieces = {seq: _without(piece, hidden[seq], seq in selection.outside) for seq, piece in selection.pieces.items()}
    return Shown(pieces, tuple(Withheld(*one) for one in sorted(patterns.items())))


def _without(piece: Piece, hidden: Mapping[str, _Hidden], outside: bool) -> Piece:
    if piece.record is None:
        return piece
    names = {line.name for line in piece.record.lines}
    away = {name for name in names if name in hidden or (outside and name not in _ALWAYS)}
    return Piece(piece.signed, records.withhold(piece.record, away))


class _Hider:
    def __init__(self, archive: Archive, selection: Selection, resolved: Resolved, options: Options) -> None:
        self._archive, self._selection, self._resolved, self._options = archive, selection, resolved, options

    def kind(self, seq: int) -> str:
        """What its lines are lines of: `item` where a correction is of one."""
        piece = self._selection.pieces[seq]
        values = piece.record.values() if piece.record else {}
        target = values.get("corrects")
        if piece.signed.entry.kind != "correction" or type(target) is not int:
            return piece.signed.entry.kind
        return "item" if "corrects-item" in values else self._archive.entry(target).entry.kind

    def of_piece(self, seq: int, piece: Piece) -> Iterator[tuple[str, _Hidden]]:
        """The lines of a piece that are withheld by name, each with its pattern and reason."""
        if piece.record is None:
            return
        kind, values = self.kind(seq), piece.record.values()
        foreign = self._is_foreign(seq, kind, values)
        for name, value in values.items():
            if naming.is_term(name):
                hidden = self._term(name, str(value))
            else:
                path = paths.of_line(kind, name)
                hidden = self._ruled(name, path) or self._subject(name, path, values, foreign)
            if hidden:
                yield name, hidden

    def _ruled(self, name: str, path: Path) -> _Hidden | None:
        for rule in self._options.withheld:
            if length := rule.length(path):
                own = len(path) - sum(not part.isdigit() for part in name.split("."))
                return _Hidden(paths.pattern(name, max(1, length - own)), rule.reason)
        return None

    def _term(self, name: str, term: str) -> _Hidden | None:
        sort = term.partition(":")[0]
        if rule := hides(self._options.withheld, sort):
            return _Hidden(name, rule.reason)
        if not sort.startswith("subject") or term in self._resolved.terms:
            return None
        shown = all(any(rule.length(path) for rule in self._options.revealed) for path in paths.TERMS[sort])
        return None if shown else _Hidden(name, OTHER_CLIENT)

    def _subject(self, name: str, path: Path, values: Mapping[str, Value], foreign: bool) -> _Hidden | None:
        if path[0] != "subject" or any(rule.length(path) for rule in self._options.revealed):
            return None
        first, number = (*name.split("."), "")[:2]
        if first != "subject" or not number.isdigit():  # a line of the subject's own record
            return _Hidden(paths.pattern(name, 9), OTHER_CLIENT) if foreign else None
        asked = values.get(f"subject.{number}.id") in self._resolved.subjects
        return None if asked else _Hidden(f"subject.{number}", OTHER_CLIENT)

    def _is_foreign(self, seq: int, kind: str, values: Mapping[str, Value]) -> bool:
        """Whether it is the record of a subject that nobody asked for, which shares a name with one."""
        if kind != "subject":
            return False
        target = values.get("corrects", seq)
        return target not in self._resolved.entries

    def repeat(self, hidden: dict[int, dict[str, _Hidden]]) -> None:
        """Withhold what shows a value that is withheld elsewhere."""
        wanted, asked = self._wanted(hidden), self._asked()
        places = {
            (seq, name): repeated.folded(value)
            for seq in hidden
            for name, value in self._values(seq).items()
            if isinstance(value, str) and name not in hidden[seq] and name not in DECIDING and value not in asked
        }
        for (seq, name), text in repeated.found(wanted, places):
            pattern = name if naming.is_term(name) else paths.pattern(name, 9)
            hidden[seq][name] = _Hidden(pattern, wanted[text].reason)

    def _wanted(self, hidden: Mapping[int, Mapping[str, _Hidden]]) -> dict[str, _Hidden]:
        """What must not stand anywhere, folded, but what the query itself names."""
        sought: dict[str, _Hidden] = {}
        for seq, lines in hidden.items():
            kind, values = self.kind(seq), self._values(seq)
            for name, one in lines.items():
                if text := repeated.telling(paths.of_line(kind, name), values[name]):
                    sought.setdefault(text, one)
        for text in self._others():
            sought.setdefault(text, _Hidden("", OTHER_CLIENT))
        said = repeated.folded(f"{self._options.recipient}\n{self._options.purpose}")
        if any(repeated.stands_in(text, said) for text in sought):
            raise Misuse("--for or --purpose tells what is withheld", "say it otherwise, or show it")
        named = repeated.folded("\n".join([*self._resolved.query.filters, *self._asked()]))
        return {text: one for text, one in sought.items() if not repeated.stands_in(text, named)}

    def _others(self) -> Iterator[str]:
        """What the register calls the subjects that nobody asked for: a purpose may name one that no line here does."""
        for one in self._archive.catalog.registered("subject"):
            for name, value in one.values.items() if one.id not in self._resolved.subjects else ():
                path = paths.of_line("subject", name)
                named = path in paths.TERMS["subject"] or path in paths.TERMS["subject-name"]
                if named and not any(rule.length(path) for rule in self._options.revealed):
                    yield from filter(None, [repeated.telling(path, value)])

    def _asked(self) -> frozenset[str]:
        query = self._resolved.query
        return frozenset((*query.complete, *query.within))

    def _values(self, seq: int) -> dict[str, Value]:
        record = self._selection.pieces[seq].record
        return record.values() if record else {}
