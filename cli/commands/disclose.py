"""`dvault disclose`: log what goes out, as you send it, and keep its exact bytes."""

import sys
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

import click

from cli import options, output, progress
from cli.wiring import opened
from vault import disclosing
from vault.archive import Acknowledged, Archive
from vault.catalog.projection import items_of, transmittal_id
from vault.disclosing import Plan, Said
from vault.documents.sources import Source, gather
from vault.errors import Misuse, NotFound
from vault.names import transmittal_number
from vault.records.fields import DEGREES, DISCLOSURE, ITEM, NOT_STATED
from vault.records.values import fit

WORTH_A_BAR = 32 << 20
LISTED = 20  # items shown one by one; a series of thousands is summed up
_PER_ITEM = [known for known in ITEM if known.option and known.name not in ("narrative", "present")]


def _item_options(function: Any) -> Any:
    for known in reversed(_PER_ITEM):
        function = click.option(f"--{known.option}", known.key, help=f"{known.help.capitalize()} (of each file).")(
            function
        )
    return function


@click.command("disclose", no_args_is_help=True)
@click.argument("files", metavar="[FILE|FOLDER|-]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--to", multiple=True, metavar="PARTY", help="Who gets it from us: SCHEME:VALUE, alias, part of a name.")
@click.option("--via", multiple=True, metavar="PARTY", help="Who carries it there, and so gets it too.")
@click.option("--onward", multiple=True, metavar="PARTY", help="Who is expected to get it next.")
@click.option("--matter", metavar="MATTER", help="The application, tender, audit or lawsuit it is for.")
@click.option("--request", metavar="REQUEST", help="The request it answers.")
@click.option(
    "--subject", multiple=True, metavar="SUBJECT[:DEGREE]", help=f"Who is exposed, and how: {', '.join(DEGREES)}."
)
@click.option("--narrative", metavar="TEXT", help="What was said or shown, where no file went out.")
@click.option("--present", metavar="TEXT", help="Who was present.")
@options.field_options("disclosure")
@_item_options
@click.option("--name", metavar="NAME", default="stdin", help="The file name of what comes on standard input (-).")
@click.option("--all", "everything", is_flag=True, help="Take links and system droppings of folders too.")
@click.option("--like", metavar="T-000016", help="Repeat the fields of an earlier transmittal.")
@click.option(
    "--from", "from_file", type=click.Path(path_type=Path), metavar="FILE.toml", help="Read the options here."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@options.yes_option
@options.json_option
@options.vault_option
def command(files: tuple[Path, ...], **said: Any) -> None:
    """Log what goes out, as you send it, and keep its exact bytes.

    Shows what it will write and asks (not with --yes or without a terminal). What nobody states comes from [defaults]
    in vault.toml, is asked for on a terminal, or is recorded as "not stated". Prints the transmittal's number.
    """
    call = _Call(**{name: said.pop(name) for name in ("yes", "dry_run", "as_json", "vault")})
    now = datetime.now(UTC)
    with opened(call.vault) as archive:
        wanted, left_out = _said(archive, files, said, now)
        if call.asks:
            wanted = replace(wanted, stated=_ask(wanted.stated))
        planned = disclosing.plan(archive, wanted, now)
        for path in left_out:
            output.say(f"left out: {output.inert(path)} (--all takes it)")
        if call.asks or call.dry_run:
            _preview(planned)
        if call.dry_run:
            output.say("dry run: nothing was written")
            return
        if call.asks:
            click.confirm("Write it?", abort=True, err=True)
        done = _write(archive, planned)
        _answer(archive, done, planned, call.as_json)


@dataclass(frozen=True, slots=True)
class _Call:
    yes: bool
    dry_run: bool
    as_json: bool
    vault: str | None

    @property
    def asks(self) -> bool:
        return not self.yes and not self.dry_run and sys.stdin.isatty()


def _said(
    archive: Archive, files: tuple[Path, ...], options_said: dict[str, Any], now: datetime
) -> tuple[Said, list[Path]]:
    """The command line first, then --from, then --like, then the vault's defaults."""
    said = {
        **_read_toml(options_said["from_file"]),
        **{k: v for k, v in options_said.items() if v not in (None, "", ())},
    }
    listed = [Path(str(name)) for name in said.get("files", ())]
    sources, left_out = _sources((*files, *listed), said, everything=bool(said.get("everything")))
    wanted = Said(
        options.stated("disclosure", said, now),
        to=tuple(said.get("to", ())),
        via=tuple(said.get("via", ())),
        onward=tuple(said.get("onward", ())),
        subjects=tuple(said.get("subject", ())),
        matter=said.get("matter", ""),
        request=said.get("request", ""),
        sources=tuple(sources),
        narrative=_narrative(said),
    )
    if said.get("like"):
        wanted = disclosing.like(archive, wanted, transmittal_number(said["like"]))
    defaults = options.stated("disclosure", dict(archive.config.defaults), now)
    return replace(wanted, stated={**defaults, **wanted.stated}), left_out


def _narrative(said: dict[str, Any]) -> dict[str, object]:
    if not said.get("narrative"):
        if said.get("present"):
            raise Misuse("--present goes with --narrative", "say what was said or shown")
        return {}
    return {name: said[name] for name in ("narrative", "present") if said.get(name)}


def _sources(files: tuple[Path, ...], said: dict[str, Any], *, everything: bool) -> tuple[list[Source], list[Path]]:
    values = {known.name: fit(known, said[known.key]) for known in _PER_ITEM if said.get(known.key)}
    sources: list[Source] = []
    left_out: list[Path] = []
    for path in files:
        if str(path) == "-":
            sources.append(Source(None, str(said.get("name") or "stdin"), values))
            continue
        found, skipped = gather(path, everything=everything)
        sources += (replace(source, values=values) for source in found)
        left_out += skipped
    if sum(source.path is None for source in sources) > 1:
        raise Misuse("standard input can be read once", "name - once")
    return sources, left_out


def _read_toml(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise NotFound(f"{path} does not exist") from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Misuse(f"{path} cannot be read: {exc}") from exc
    known = {known.key for known in (*DISCLOSURE, *_PER_ITEM) if known.option}
    known |= {"files", "to", "via", "onward", "matter", "request", "subject", "narrative", "present", "like"}
    if unknown := sorted({name.replace("-", "_") for name in values} - known):
        raise Misuse(f"{path}: {', '.join(unknown)} is no option of disclose", f"known: {', '.join(sorted(known))}")
    values = {name.replace("-", "_"): value for name, value in values.items()}
    many = ("to", "via", "onward", "subject", "files", "category")
    return {name: (value,) if name in many and isinstance(value, str) else value for name, value in values.items()}


def _ask(stated: Any) -> dict[str, Any]:
    """Ask for what is required and nobody stated; an empty answer leaves it not stated."""
    answered = dict(stated)
    for known in DISCLOSURE:
        if known.required and known.prompt and known.name not in answered:
            choices = f" ({', '.join(known.choices)})" if known.choices else ""
            answer = click.prompt(f"{known.prompt}{choices}", default="", show_default=False, err=True)
            if answer.strip():
                answered[known.name] = fit(known, answer)
    return answered


def _preview(planned: Plan) -> None:
    for recipient in planned.disclosure.recipients:
        output.say(f"{recipient.relation:>6}  {output.inert(recipient.party.name)} {_country(recipient.party.country)}")
    for exposed in planned.disclosure.subjects:
        output.say(f"expose  {output.inert(exposed.subject.name)} {exposed.degree}")
    for source in planned.sources[:LISTED]:
        output.say(f"  file  {output.inert(source.name)}  {output.size(source.size)}")
    if len(planned.sources) > LISTED:
        output.say(f"        and {len(planned.sources) - LISTED} more")
    for name, value in planned.disclosure.draft().approved:
        if "." not in name and value != NOT_STATED:
            output.say(f"        {name}: {output.inert(value)}")
    _remarks(planned)


def _remarks(planned: Plan) -> None:
    for warning in planned.warnings:
        output.say(warning)
    if planned.not_stated:
        output.say(f"Not stated: {', '.join(planned.not_stated)}.")


def _country(country: str) -> str:
    return f"({country})" if country else ""


def _write(archive: Archive, planned: Plan) -> list[Acknowledged]:
    total = sum(source.size for source in planned.sources)
    stream = FileIO(0, closefd=False) if any(source.path is None for source in planned.sources) else None
    with progress.bar("sealing", total, worth=total > WORTH_A_BAR) as advance:
        return disclosing.write(archive, planned, stream, advance)


def _answer(archive: Archive, done: list[Acknowledged], planned: Plan, as_json: bool) -> None:
    for one in done:
        items = [
            {
                "id": f"{transmittal_id(one.number)}/{place}",
                "name": item.get("name", ""),
                "size": item.get("size", 0),
                "sha256": item.get("sha256", ""),
            }
            for place, item in enumerate(items_of(dict(one.draft.approved)), 1)
        ]
        if as_json:
            warnings = [*planned.warnings, *(f"not stated: {name}" for name in planned.not_stated)]
            entry = {"transmittal": transmittal_id(one.number), "entry": one.seq, "time": one.time.isoformat()}
            output.as_json({**entry, "items": items, "warnings": warnings})
            continue
        output.data(transmittal_id(one.number))
        _tell(archive, one, items, planned)
    if not as_json:
        _remarks(planned)
        if planned.not_stated:
            name = next((known.option for known in DISCLOSURE if known.name == planned.not_stated[0]), "note")
            output.say(f'hint: dvault correct {transmittal_id(done[0].number)} --{name} "..." --reason "..."')


def _tell(archive: Archive, one: Acknowledged, items: list[dict[str, Any]], planned: Plan) -> None:
    parties = [(recipient.relation, recipient.party) for recipient in planned.disclosure.recipients]
    people = "  ".join(
        f"{relation} {output.inert(party.name)} {_country(party.country)}".strip() for relation, party in parties
    )
    output.say(f"{transmittal_id(one.number)}  {output.local(one.time)}  {people}")
    designation = planned.disclosure.stated.get("designation", "")
    for place, item in enumerate(items[:LISTED], 1):
        digest = f"  sha256 {item['sha256'][:12]}…" if item["sha256"] else "  no file"
        name = output.inert(item["name"]) or "narrative"
        output.say(f"  {place}  {name}  {output.size(item['size'])}{digest}  {designation}".rstrip())
    if len(items) > LISTED:
        output.say(f"  and {len(items) - LISTED} more")
    signer = archive.secrets.signer.key.name.rpartition("/")[2]
    checkpoint = f"checkpoint {archive.ledger.head().size}" if archive.secrets.log else "no checkpoint, only pinned"
    output.say(f"entry {one.seq}, signed {signer}; {checkpoint}.")
