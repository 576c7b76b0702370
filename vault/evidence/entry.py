"""Ledger entries: what is public of one act, blinded and signed by the member who recorded it.

```
disclosure-vault/entry/v1
magnets.example/disclosures
17
disclosure
2026-11-22T17:39:28.123456Z
record 4dOFZ0RgVEQ2rB0vhvPCdaMQJQxkKvdXjwB1c6bDDN8=
tag hYk0v1sO7Jw3bq9pT6xZr2mN5cD8eF1gH4iJ7kL0mNo=
tag 0q3ZbK3lGAHl6W0o9uYxk1bN8x6m2kTnCw1cY2zF4p0=
previous n3s0Qf1uV8yXb2kM5pR7tA9cE4gJ6hL1dZ0wS3vU8xI=

— magnets.example/disclosures/m2 sYx...
```
The leaf is the whole note; `previous` is the leaf hash of the entry before. docs/format/entry.md has each rule.
"""

import re
from binascii import a2b_base64
from datetime import datetime
from operator import lt
from typing import NamedTuple, NoReturn

from vault.evidence import note, public
from vault.evidence.merkle import EMPTY_ROOT, leaf_hash
from vault.evidence.strict import base64_text, decimal, refuse, utc_text, utc_time

FORMAT = "disclosure-vault/entry/v1"
MAX_ENTRY = 65_535  # bytes: an entry bundle of C2SP tlog-tiles has 16-bit lengths
MAX_TAGS = 1_200

_ORIGIN = r"[!-*,-~]{1,255}"  # printable ASCII without space and `+`: no look-alikes, nothing invisible
_SEQ = r"[0-9]{1,19}"
_KIND = r"[a-z][a-z-]{0,31}"
_TIME = r"[0-9T:.-]{26}Z"
# Base64 of 32 and of 4 + 64 bytes. The last digit of either holds four bits, so sixteen digits are canonical there;
# what matches has no other spelling and may be decoded without a second look.
_HASH = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
_SIGNED = r"[A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]="

_ENTRY = re.compile(
    rf"{FORMAT}\n({_ORIGIN})\n({_SEQ})\n({_KIND})\n({_TIME})\n"
    rf"(?:record ({_HASH})\n((?:tag {_HASH}\n)*)|((?:{public.LINE}\n)+))"
    rf"previous ({_HASH})\n\n— (\1/{public.MEMBER}) ({_SIGNED})\n".encode()
)


class Entry(NamedTuple):
    """The text of an entry: a `record` root (32 bytes) with sorted `tags` (32 bytes each), or `public_lines`."""

    origin: str
    seq: int
    kind: str
    time: datetime
    previous: bytes
    record: bytes | None = None
    tags: tuple[bytes, ...] = ()
    public_lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text; what `parse` reads back."""
        body = self.public_lines if self.record is None else (f"record {base64_text(self.record)}",)
        tags = (f"tag {base64_text(tag)}" for tag in self.tags)
        head = (FORMAT, self.origin, str(self.seq), self.kind, utc_text(self.time))
        return "\n".join([*head, *body, *tags, f"previous {base64_text(self.previous)}", ""])


class SignedEntry(NamedTuple):
    """An entry as it stands in the ledger: `leaf` is the whole note, `hash` its leaf hash (32 bytes).

    The one signature is of the right form and nothing more: parsing verifies no signature.
    """

    entry: Entry
    unverified_signature: note.Signature
    leaf: bytes
    hash: bytes

    @property
    def text_bytes(self) -> bytes:
        """What the signature is over."""
        return self.leaf[: self.leaf.rindex(b"\n\n") + 1]


def sign(entry: Entry, signature: note.Signature) -> SignedEntry:
    """The entry with the signature over its text; `Malformed` where `parse` would refuse it or read it otherwise."""
    signed = parse(note.render(entry.text, [signature]))
    if signed.entry != entry:  # a line feed inside a public line, say, would be signed as two lines
        refuse("entry", "an entry that reads back as it was written")
    return signed


def parse(leaf: bytes, where: str = "entry") -> SignedEntry:
    """Read one entry of at most 65,535 bytes; `Malformed` unless it is spelled exactly as the format says."""
    if len(leaf) > MAX_ENTRY or not (match := _ENTRY.fullmatch(leaf)):
        _explain(leaf, where)
    origin, seq, kind, time, record, tags, lines, previous, name, signed = match.groups()
    if len(name) > note.MAX_NAME:
        refuse(where, f"a key name of at most {note.MAX_NAME} bytes", f"{len(name)} bytes")
    entry = Entry(
        origin.decode(),
        decimal(seq.decode(), where),
        kind.decode(),
        utc_time(time.decode(), where),
        a2b_base64(previous),
        a2b_base64(record) if record else None,
        _read_tags(tags, where) if tags else (),
        tuple(lines.decode()[:-1].split("\n")) if lines else (),
    )
    _check_kind(entry, where)
    signature = a2b_base64(signed)
    claimed = note.Signature(name.decode(), signature[: note.KEY_ID_SIZE], signature[note.KEY_ID_SIZE :])
    return SignedEntry(entry, claimed, leaf, leaf_hash(leaf))


def _read_tags(lines: bytes, where: str) -> tuple[bytes, ...]:
    tags = tuple(map(a2b_base64, lines[4:-1].split(b"\ntag ")))
    if len(tags) > MAX_TAGS:
        refuse(where, f"at most {MAX_TAGS} tags", len(tags))
    # Sorted by bytes and unique, so that the order says nothing and no tag counts twice.
    if not all(map(lt, tags, tags[1:])):
        refuse(where, "tags sorted by their bytes, each once")
    return tags


def _check_kind(entry: Entry, where: str) -> None:
    if (entry.seq == 0) != (entry.kind == "genesis"):
        refuse(where, "a genesis as entry 0 and nowhere else", f"entry {entry.seq}, {entry.kind}")
    if entry.seq == 0 and entry.previous != EMPTY_ROOT:
        refuse(where, "a genesis after the empty tree", base64_text(entry.previous))
    if entry.record is None:
        public.check_lines(entry.kind, entry.seq, entry.public_lines, where)
    elif entry.kind in public.KINDS:
        refuse(where, f"public lines in an entry of kind {entry.kind}", "a record")


def _explain(leaf: bytes, where: str) -> NoReturn:
    """Refuse what the grammar has refused, naming the first thing wrong with it."""
    signed = note.parse(leaf, where, limit=MAX_ENTRY)
    if len(signed.unverified_signatures) != 1:
        # A second one would stand outside the signed text: whoever adds or drops it makes another leaf of one entry.
        refuse(where, "exactly one signature", f"{len(signed.unverified_signatures)} signatures")
    *head, previous, _ = ["", *signed.text.split("\n")]
    body = f"tag {_HASH}" if head[6:] and head[6].startswith("record ") else public.LINE
    expected = [
        (FORMAT, f"the first line {FORMAT}"),
        (_ORIGIN, "an origin of 1 to 255 printable ASCII characters without space and +"),
        (_SEQ, "a sequence number"),
        (_KIND, "a kind of at most 32 lower-case letters and hyphens"),
        (_TIME, "a time like 2026-11-22T17:39:28.123456Z"),
        (f"record {_HASH}|{public.LINE}", "a record's hash, or public lines of printable ASCII with single spaces"),
        *[(body, "tags behind a record, or public lines of printable ASCII with single spaces")] * len(head[7:]),
    ]
    for (pattern, what), line in zip(expected, [*head[1:], *[""] * len(expected)], strict=False):
        if not re.fullmatch(pattern, line):
            refuse(where, what, line)
    if not re.fullmatch(f"previous {_HASH}", previous):
        refuse(where, "a last line `previous` with a hash in base64", previous)
    refuse(where, f"a signature of 64 bytes by {head[2]}/m<n>", str(signed.unverified_signatures[0]))
