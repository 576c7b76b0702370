"""`dvault proof`: files that somebody checks without the vault and without the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

import click

from cli import options, output, writing
from cli.wiring import opened
from vault import completing, proving
from vault.archive import Archive
from vault.completing import Complete
from vault.errors import Misuse, NotFound, Unavailable
from vault.evidence import terms
from vault.names import transmittal_id, transmittal_number
from vault.verify.asking import kept_checkpoint

_FILED = ("party", "subject", "matter")
_SORTS = (*_FILED, "document", "term")
_WHICH = "dvault proof T-000001, or --consistency FILE, or --party, --subject, --matter, --document, --term"


@click.command("proof", no_args_is_help=True)
@click.argument("transmittal", metavar="[T-000001]", required=False)
@click.option("-o", "--output", "target", type=options.FILE, help="The file, or the folder to put it into.")
@click.option("--reveal", multiple=True, metavar="LINE", help="Show this line, or all of item.1, only. Repeatable.")
@click.option("--withhold", multiple=True, metavar="LINE", help="Show the name of this line only. Repeatable.")
@click.option("--consistency", "old", type=options.FILE, metavar="CHECKPOINT", help="An old checkpoint to prove.")
@click.option("--party", multiple=True, metavar="PARTY", help="All that was filed under this party. Repeatable.")
@click.option("--subject", multiple=True, metavar="SUBJECT", help="All that was filed under this subject.")
@click.option("--matter", multiple=True, metavar="MATTER", help="All that was filed under this matter's number.")
@click.option("--document", multiple=True, type=options.FILE, metavar="FILE", help="All by which this file went out.")
@click.option("--term", multiple=True, metavar="TERM", help="All under a term, like party:lei:529900T8BM49AURSDO55.")
@options.json_option
@options.vault_option
def command(transmittal: str | None, target: Path | None, as_json: bool, vault: str | None, **asked: Any) -> None:
    """Make a receipt of a transmittal, prove that an old checkpoint is the beginning of this ledger, or prove a list.

    A receipt is the entry, its record, what ties both to a signed checkpoint, and that each shown party or matter is
    filed as it should be. All of the record is shown unless --reveal or --withhold say otherwise: look before it goes
    out.

    A list is all that was filed under a party, subject, matter or document as of the newest index, or that nothing
    was. It shows no record, but the terms: every name, alias and register number of who is asked for. Of somebody whom
    the register does not know, say the terms themselves. It proves one spelling each.

    Without -o it is printed. dvault verify FILE checks it, without a key.
    """
    old, shown, lists = asked["old"], asked["reveal"] or asked["withhold"], any(asked[sort] for sort in _SORTS)
    if [transmittal is not None, old is not None, lists].count(True) != 1:
        raise Misuse("a proof is of a transmittal or of an old checkpoint or of a list", _WHICH)
    if shown and transmittal is None:
        raise Misuse("a consistency proof and a list show no record")
    with opened(vault) as archive:
        listed = completing.complete(archive, _terms(archive, asked)) if lists else None
        if listed is not None:
            made, title = bytes(listed.proof), "completeness.proof"
        elif old is not None:
            name, note = kept_checkpoint(old)
            made, title = bytes(proving.consistent(archive, note, name)), "consistency.proof"
        else:
            number, lines = transmittal_number(transmittal or ""), (asked["reveal"], asked["withhold"])
            made, title = bytes(proving.receipt(archive, number, *lines)), f"{transmittal_id(number)}.receipt"
        fingerprint = archive.fingerprint
    _hand_out(made, title, target, _as_dict(listed) if listed else {}, as_json=as_json)
    if listed is not None:
        _tell(listed)
    output.say(f"hint: dvault verify {output.inert(target or 'FILE')} --fingerprint {fingerprint}")


def _terms(archive: Archive, asked: Mapping[str, Any]) -> Iterable[str]:
    found = [term for kind in _FILED for said in asked[kind] for term in completing.terms_of(archive, kind, said)]
    found += [_document(path) for path in asked["document"]]
    return found + [completing.term(said) for said in asked["term"]]


def _document(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return terms.document(file_digest(file, "sha256").digest())
    except FileNotFoundError as exc:
        raise NotFound(f"{path} is not there", "--term document:SHA256 asks for one that you do not have") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc


def _tell(listed: Complete) -> None:
    """What the list says, on standard error: the proof may go to standard output."""
    for term in listed.terms:
        output.tell(f"term {output.inert(term)}", 5)
    output.say(f"{_count(listed.transmittals, listed.entries)}, as of the index in entry {listed.index}")
    if listed.uncovered:
        output.say("note: what was logged after that index is not covered: dvault checkpoint, then repeat")
    output.say("note: proven to whose policy names an auditor that cosigned this checkpoint; else it is your word")


def _count(transmittals: int, entries: Sequence[int]) -> str:
    if not entries:
        return "nothing was filed"
    named = f"{'entry' if len(entries) == 1 else 'entries'} {', '.join(map(str, entries))}"
    return f"{output.counted(transmittals, 'transmittal')}, {named}"


def _as_dict(listed: Complete) -> dict[str, object]:
    return {
        "terms": listed.terms,
        "transmittals": listed.transmittals,
        "entries": listed.entries,
        "index": listed.index,
        "later": listed.uncovered,
    }


def _hand_out(made: bytes, title: str, target: Path | None, more: Mapping[str, object], *, as_json: bool) -> None:
    path = target / title if target is not None and target.is_dir() else target
    if path is not None:
        writing.new_file(path, made)
    if as_json:
        whole = {} if path else {"proof": made.decode()}
        output.as_json({"file": str(path) if path else None, "size": len(made), **more, **whole})
    else:
        output.data(output.inert(path) if path else made.decode().removesuffix("\n"))
