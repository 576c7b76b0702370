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

_NAME = re.compile(r"((?:[0-9]{6}|[1-9][0-9]{6,18}))-([1-9][0-9]{0,3})(?:-[^/]+)?")
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
        found = bundle.size(name), digests[name].hex() if name in digests else "not read"
        said = values.get(f"item.{item}.size"), values.get(f"item.{item}.sha256")
        if found != said or type(said[0]) is bool:  # [another contract in its place; a size of `true`, for one byte]
            expected = f"size {said[0]} and SHA-256 {said[1]}, as item {item} of entry {seq} shows"
            yield broken(_INTEGRITY, name, expected, f"{found[0]} and {found[1]}")


def _values(bundle: Bundle, seq: int) -> dict[str, Value]:
    """The shown values of an entry's record; none where there is no such record: step 10 has judged it."""
    name = f"{layout.entry_name(seq)}.record"
    try:
        return records.parse_shown(bundle.read(name, layout.LIMITS["record"]), name).values()
    except (NotFound, Malformed):
        return {}
