"""The files of a report for people and programs: the one place that calls their makers.

All of them, or none: [a report without its page looks like one that has none].
"""

from collections.abc import Callable, Iterator
from importlib import import_module, resources
from typing import Any

from vault.errors import Unavailable
from vault.evidence import entry as entries
from vault.reports import how_to_verify
from vault.reports.pieces import Piece
from vault.reports.preparing import Prepared

_CONTENTS = "vault.reports.paper.contents"
VERIFIER = ("vault.verify", "standalone.py")


def files(prepared: Prepared, fingerprint: str) -> Iterator[tuple[str, bytes]]:
    """Each by its name in data/, one after the other; `fingerprint` is the ledger's, in hex."""
    accounting = _maker("vault.reports.accounting", "account")(prepared.statement, prepared.pieces.values())
    for suffix in ("csv", "json", "xlsx"):
        yield f"disclosures.{suffix}", _maker("vault.reports.tables", f"{suffix}_bytes")(accounting)
    shown = _maker(_CONTENTS, "View")(bytes.fromhex(fingerprint), prepared.checkpoint, list(_keys(prepared)))
    yield "report.pdf", _maker("vault.reports.paper.printing", "pdf")(accounting, shown)
    documents = [(one.name, one.document.size) for one in prepared.enclosures.documents]
    yield "report.html", _maker("vault.reports.page", "render")(prepared.evidence, documents)
    yield "verify.py", resources.files(VERIFIER[0]).joinpath(VERIFIER[1]).read_bytes()
    yield "HOW-TO-VERIFY.md", how_to_verify.text(prepared.statement).encode()


def _keys(prepared: Prepared) -> Iterator[Piece]:
    """The genesis and the key entries."""
    for name, data in prepared.evidence.items():
        if name.endswith(".entry") and not name.startswith("entries/"):
            yield Piece(entries.parse(data, name), None)


def _maker(module: str, name: str) -> Callable[..., Any]:
    try:
        maker: Callable[..., Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as exc:
        hint = "install dvault anew, with all it needs"
        raise Unavailable(f"a part of the report cannot be made: {exc}", hint) from exc
    return maker
