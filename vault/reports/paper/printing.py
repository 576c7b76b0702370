"""Printing: the contents of the paper, set by typst as PDF/A-3b with the accounting attached as JSON."""

import json
from importlib.resources import as_file, files

from vault.errors import Unavailable
from vault.reports.accounting import Accounting
from vault.reports.paper import contents, custody
from vault.reports.paper.annex import annex
from vault.reports.paper.contents import View
from vault.reports.paper.fonts import families
from vault.reports.tables import json_bytes

TAGGED = 100  # transmittals up to which the paper is tagged for screen readers: tags make it four times as large


def pdf(accounting: Accounting, view: View) -> bytes:
    """The paper: the same bytes for the same accounting and view. `Unavailable` where typst or its fonts are not.

    It states no verdict: those are what a verifier finds. It is produced as PDF/A-3b; nothing here validates that.
    """
    import typst

    inputs = {"data": json.dumps(_contents(accounting, view)), "accounting": json_bytes(accounting).decode()}
    with as_file(files("vault.reports.paper") / "set") as folder:
        try:
            return typst.compile(
                folder / "report.typ", root=folder, font_paths=families(), ignore_system_fonts=True, format="pdf",
                sys_inputs=inputs, pdf_standards="a-3b", timestamp=int(accounting.statement.made.timestamp()),
                pdf_tags=len(accounting.transmittals) <= TAGGED,
            )  # fmt: skip
        except typst.TypstError as exc:
            # What typst says may hold a word of a record.
            raise Unavailable("report.pdf cannot be set by typst", "pip install --force-reinstall typst") from exc


def _contents(accounting: Accounting, view: View) -> dict[str, object]:
    head = accounting.statement.checkpoint
    return {
        "head": {"origin": head.origin, "size": f"{head.size:,}", "root": head.root.hex()},
        "cover": contents.cover(accounting, view),
        "answer": contents.answer(accounting),
        "scope": contents.scope(accounting.statement, accounting.withheld),
        "rows": list(contents.rows(accounting)),
        "subjects": contents.matrix(accounting.subjects),
        "categories": contents.matrix(accounting.categories),
        "sheets": list(custody.sheets(accounting)),
        "without": {
            "sheet": max(0, len(accounting.transmittals) - contents.MAX_SHEETS),
            "row": max(0, len(accounting.transmittals) - contents.MAX_ROWS),
            "exposure": max(0, len(accounting.subjects) - contents.MAX_ROWS),
        },
        "exceptions": contents.exceptional(accounting),
        "annex": annex(accounting, view),
    }
