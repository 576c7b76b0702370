"""The files of a report for people and programs: the one place that calls their makers.

A form whose maker is not there is absent.
"""

from collections.abc import Callable, Iterator
from importlib import import_module, resources
from importlib.util import find_spec
from typing import Any

from vault.evidence import entry as entries
from vault.reports import how_to_verify
from vault.reports.pieces import Piece
from vault.reports.preparing import Prepared

_CONTENTS = "vault.reports.paper.contents"
VERIFIER = ("vault.verify", "standalone.py")


def files(prepared: Prepared, fingerprint: str) -> Iterator[tuple[str, bytes]]:
    """Each by its name in data/, one after the other; `fingerprint` is the ledger's, in hex."""
    if account := _maker("vault.reports.accounting", "account"):
        accounting = account(prepared.statement, prepared.pieces.values())
        for suffix in ("csv", "json", "xlsx"):
            if make := _maker("vault.reports.tables", f"{suffix}_bytes"):
                yield f"disclosures.{suffix}", make(accounting)
        if (pdf := _maker("vault.reports.paper.printing", "pdf")) and (view := _maker(_CONTENTS, "View")):
            shown = view(bytes.fromhex(fingerprint), prepared.checkpoint, list(_keys(prepared)))
            yield "report.pdf", pdf(accounting, shown)
    if render := _maker("vault.reports.page", "render"):
        documents = {f"documents/{one.name}": b"" for one in prepared.enclosures.documents}
        yield "report.html", render({**prepared.evidence, **documents})
    yield "verify.py", resources.files(VERIFIER[0]).joinpath(VERIFIER[1]).read_bytes()
    yield "HOW-TO-VERIFY.md", how_to_verify.text(prepared.statement).encode()


def _keys(prepared: Prepared) -> Iterator[Piece]:
    """The genesis and the key entries."""
    for name, data in prepared.evidence.items():
        if name.endswith(".entry") and not name.startswith("entries/"):
            yield Piece(entries.parse(data, name), None)


def _maker(module: str, name: str) -> Callable[..., Any] | None:
    if not _is_there(module):
        return None
    maker: Callable[..., Any] | None = getattr(import_module(module), name, None)
    return maker


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the folder that it would lie in is not there either
        return False
