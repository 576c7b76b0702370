"""The files of a report for people and programs: the one place that calls their makers.

A form whose maker is not there is absent.
"""

from collections.abc import Callable, Iterator
from importlib import import_module, resources
from importlib.util import find_spec
from typing import Any

from vault.reports import how_to_verify
from vault.reports.preparing import Prepared

VERIFIER = ("vault.verify", "standalone.py")


def files(prepared: Prepared, fingerprint: str) -> Iterator[tuple[str, bytes]]:
    """Each by its name in data/, one after the other."""
    documents = [(one.name, one.document.size) for one in prepared.enclosures.documents]
    if account := _maker("vault.reports.accounting", "account"):
        accounting = account(prepared.statement, prepared.pieces.values())
        for name, module, maker in (
            ("disclosures.csv", "vault.reports.tables", "csv_bytes"),
            ("disclosures.json", "vault.reports.tables", "json_bytes"),
            ("disclosures.xlsx", "vault.reports.tables", "xlsx_bytes"),
            ("report.pdf", "vault.reports.paper", "pdf"),
        ):
            if make := _maker(module, maker):
                yield name, make(accounting)
    if render := _maker("vault.reports.page", "render"):
        yield "report.html", render(prepared.evidence, documents)
    yield "verify.py", resources.files(VERIFIER[0]).joinpath(VERIFIER[1]).read_bytes()
    yield "HOW-TO-VERIFY.md", how_to_verify.text(prepared.statement, fingerprint).encode()


def _maker(module: str, name: str) -> Callable[..., Any] | None:
    return getattr(import_module(module), name) if find_spec(module) else None
