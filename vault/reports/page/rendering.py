"""One self-contained HTML file: template, style, program and the evidence itself, embedded so that nothing in it acts.

All that is foreign stands in blocks of JSON in which every `<`, `>` and `&` is escaped, so that nothing in it ends its
element or begins another. A Content-Security-Policy with the hashes of the one program and the one style forbids the
rest: network, other programs, handlers in attributes. [A file name that is markup.]
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable

from vault.errors import Unavailable

BUILT, LICENCES = "built.js", "built-licences.txt"
_BLOCK = 1 << 20  # characters of evidence in one block: the page hands them to its worker one by one
_NAMED_ONLY = re.compile(r"ledger/.*|anchors/[^/]+/[^/]+\.(?:tsr|pem)", re.DOTALL)
# What would be markup, and what no viewer of the source shows: controls, bidirectional and other invisible characters.
_ESCAPED = re.compile("[<>&\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]")
_FIELD = re.compile(r"\{\{(\w+)\}\}", re.ASCII)


def render(files: Mapping[str, bytes], documents: Sequence[tuple[str, int]] = ()) -> bytes:
    """The page over these files of data/evidence, named as below it; the same files give the same bytes.

    Time stamps, their certificates and the ledger are named with their sizes and not embedded. `documents` are name
    and size of what lies in data/documents. Raises `Unavailable` where the program was not built.
    """
    folder = resources.files(__package__)
    script, licences = _built(folder, BUILT), _built(folder, LICENCES)
    style, template = _read(folder, "page.css"), _read(folder, "template.html")
    embedded = ((name, data) for name, data in sorted(files.items()) if not _NAMED_ONLY.fullmatch(name))
    named = [(name, len(data)) for name, data in sorted(files.items()) if _NAMED_ONLY.fullmatch(name)]
    parts = {
        "policy": _policy(script, style),
        "style": style,
        "script": script,
        "licences": escape(licences),
        "evidence": "\n".join(_blocks(embedded)),
        "others": _json({"files": named, "documents": list(documents)}),
        "documents": _enclosed(documents),
    }
    # In one pass: what is put in is not looked at again.
    return _FIELD.sub(lambda field: parts[field[1]], template).encode()


def _policy(script: str, style: str) -> str:
    program, look = (f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'" for part in (script, style))
    return (
        f"default-src 'none'; script-src {program}; style-src {look}; worker-src blob:; img-src data:;"
        " base-uri 'none'; form-action 'none'; object-src 'none'"
    )


def _blocks(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    held: dict[str, object] = {}
    size = 0
    for name, data in files:
        held[name] = _text(data)
        size += len(data)
        if size >= _BLOCK:
            yield _block(held)
            held, size = {}, 0
    if held:
        yield _block(held)


def _block(files: Mapping[str, object]) -> str:
    return f'<script type="application/json" class="evidence">{_json(files)}</script>'


def _text(data: bytes) -> object:
    """Text as it is; what is not UTF-8 in base64, for the page to refuse."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode()}


def _json(value: object) -> str:
    spelled = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _ESCAPED.sub(lambda character: f"\\u{ord(character[0]):04x}", spelled)


def _enclosed(documents: Sequence[tuple[str, int]]) -> str:
    if not documents:
        return ""
    rows = "".join(f"<li><bdi>{_shown(name)}</bdi>, {size:,} bytes</li>" for name, size in documents)
    return f"<details><summary>Documents enclosed ({len(documents)})</summary><ul>{rows}</ul></details>"


def _shown(name: str) -> str:
    return escape(_ESCAPED.sub(lambda one: one[0] if one[0] in "<>&" else f"U+{ord(one[0]):04X}", name))


def _built(folder: Traversable, name: str) -> str:
    try:
        return _read(folder, name)
    except FileNotFoundError as exc:
        raise Unavailable(
            f"the program of the report's page, {name}, was not built", "make page, with node and npm"
        ) from exc


def _read(folder: Traversable, name: str) -> str:
    return folder.joinpath(name).read_text("utf-8")
