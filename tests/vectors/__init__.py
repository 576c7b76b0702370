"""Committed test vectors, each file saying what it is about, each case what to `expect` of it and why.

`python -m tests.vectors.generate_ed25519` and its neighbours write the files; tests hold that what they would write is
what is committed, and other readers of the formats (the page, `verify.py`) can take the same files.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
Case = dict[str, Any]


def read(name: str) -> list[Case]:
    """The cases of the committed vector file `name`, each with what the file says of all of them."""
    whole: Case = json.loads(committed(name))
    cases: list[Case] = whole.pop("cases")
    return [whole | case for case in cases]


def committed(name: str) -> str:
    """The text of the committed vector file `name`."""
    return (FOLDER / f"{name}.json").read_text("utf-8")


def spell(about: str, cases: list[Case], **common: object) -> str:
    """The text of a vector file; `common` holds for each case that doesn't say otherwise."""
    return json.dumps({"about": about, **common, "cases": cases}, ensure_ascii=False, indent=1) + "\n"


def write(name: str, text: str) -> None:
    """Replace the vector file `name`."""
    (FOLDER / f"{name}.json").write_text(text, "utf-8")
