"""Step 20: each document has the size and the SHA-256 that the record of its entry shows for its item."""

import re
from collections.abc import Iterator, Mapping, Sequence

from vault.errors import NotFound
from vault.evidence import record as records
from vault.evidence.record import Value
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.verify.bundles import layout
from vault.verify.bundles.reading import Bundle

_NAME = re.compile(r"((?:[0-9]{6}|[1-9][0-9]{6,18}))-([1-9][0-9]{0,3})(?:-([^/]+))?")
MAX_NAME = 200  # bytes of a name of which nothing may be left out
_INTEGRITY = Verdict.INTEGRITY


def judge(bundle: Bundle, names: Sequence[str], digests: Mapping[str, bytes]) -> Iterator[Fault]:
    """Of the files in data/documents, ascending by name; `digests` are the SHA-256 of files as they were read."""
    seen = set[tuple[int, int]]()
    seq, values = -1, dict[str, Value]()
    for name in names:
        match = _NAME.fullmatch(name.removeprefix(layout.DOCUMENTS))
        if match is None:
            yield broken(_INTEGRITY, name, "a document named <entry>-<item>[-<name>]", "another name")
            continue
        item = int(match[2])
        if int(match[1]) != seq:
            seq = int(match[1])
            values = _values(bundle, seq)
        if (seq, item) in seen:
            yield broken(_INTEGRITY, name, "each item once", "twice")
        seen.add((seq, item))
        called = values.get(f"item.{item}.name")
        if not is_named(match[3] or "", called if isinstance(called, str) else ""):
            expected = f"the name of item {item} of entry {seq}, as far as it is shown"
            yield broken(_INTEGRITY, name, expected, match[3] or "no name")
        found = bundle.size(name), digests[name].hex() if name in digests else "not read"
        said = values.get(f"item.{item}.size"), values.get(f"item.{item}.sha256")
        if found != said or type(said[0]) is bool:  # [another contract in its place; a size of `true`, for one byte]
            expected = f"size {said[0]} and SHA-256 {said[1]}, as item {item} of entry {seq} shows"
            yield broken(_INTEGRITY, name, expected, f"{found[0]} and {found[1]}")


def is_named(found: str, name: str) -> bool:
    """Whether a document may be called `found` that its record calls `name`; report.md, Files.

    [The contract named `draft.pdf`, which the record calls `final.pdf`.]
    """
    last = re.split(r"[/\\]", name)[-1].strip(" .")
    if not name or not found:
        return not name and not found
    return any(_fits(one, last) for one in ({found, found[1:]} if found[0] == "_" else {found}))


def _fits(found: str, last: str) -> bool:
    """`_` stands for any one character; of a long name a part may be left out."""
    fits = [one in ("_", other) for one, other in zip(found, last, strict=False)]
    if len(found) == len(last):
        return all(fits)
    left_out = len(last) - len(found)
    if left_out < 0 or len(last.encode()) <= MAX_NAME:
        return False
    ahead = next((at for at, good in enumerate(fits) if not good), len(found))
    return all(one in ("_", other) for one, other in zip(found[ahead:], last[left_out + ahead :], strict=True))


def _values(bundle: Bundle, seq: int) -> dict[str, Value]:
    """The shown values of an entry's record; none where there is no such record: step 10 has judged it."""
    name = f"{layout.entry_name(seq)}.record"
    try:
        return records.parse_shown(bundle.read(name, layout.LIMITS["record"]), name).values()
    except (NotFound, Malformed):
        return {}
