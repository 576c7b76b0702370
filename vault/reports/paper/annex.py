"""The integrity annex: checkpoint, keys and their holders, anchors, and the hash of each entry shown."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from vault.evidence import anchor, public
from vault.evidence.note import ED25519, Key
from vault.evidence.strict import base64_text, utc_text
from vault.reports.accounting import Accounting
from vault.reports.paper.contents import View, short
from vault.reports.pieces import Piece
from vault.reports.transmittals import member

MAX_HASHES = 10_000  # entries whose hash is printed
_SIGNATURE = 100  # characters of a line of the checkpoint; a longer signature is cut, and says so


def annex(accounting: Accounting, view: View) -> dict[str, object]:
    """Its parts; what has no entries is empty."""
    pieces = {piece.signed.entry.seq: piece for piece in (*view.keys, *accounting.public)}
    ordered = [pieces[seq] for seq in sorted(pieces)]
    return {
        "checkpoint": [_line(line) for line in view.checkpoint.decode().splitlines()],
        "keys": [row for piece in ordered for row in _keys(piece)],
        "anchors": list(_anchors(ordered)),
        "entries": list(_entries(accounting, ordered))[:MAX_HASHES],
    }


def _line(line: str) -> str:
    cut = line if len(line) <= _SIGNATURE else f"{line[:_SIGNATURE]} … ({len(line):,} characters)"
    return short(cut, 200)


def _keys(piece: Piece) -> Iterator[list[str]]:
    """(entry, date, what, holder, key): every line of a genesis or key entry about who signs."""
    entry = piece.signed.entry
    if entry.kind not in ("genesis", "key"):
        return
    for keyword, value in map(public.split, entry.public_lines):
        head = [str(entry.seq), f"{entry.time:%Y-%m-%d}"]
        if keyword == "member":
            one = public.parse_member(value, "member")
            yield [*head, f"joined as {', '.join(sorted(one.roles))}", one.name, _key(one.key)]
        elif keyword == "log":
            key = Key.parse(value, "log")
            yield [*head, "signs checkpoints", "the log", _key(key)]
        elif keyword in ("remove", "revoke"):
            name, _, since = value.partition(" ")
            yield [*head, "removed" if keyword == "remove" else f"revoked from entry {since}", name, ""]
        elif keyword == "vrf":
            generation = value.partition(" ")[0]
            yield [*head, f"index key, generation {generation}", "the index", short(value.partition(" ")[2])]


def _key(key: Key) -> str:
    if key.kind == ED25519:
        return short(f"Ed25519 {base64_text(key.public)}")
    return short(f"ML-DSA-44, {len(key.public):,} bytes, SHA-256 {sha256(key.public).hexdigest()}")


def _anchors(pieces: Iterable[Piece]) -> Iterator[list[str]]:
    for piece in pieces:
        one = anchor.named(piece.signed.entry)
        if one:
            tokens = "\n".join(f"token {token}" for token in one.tokens) or "cosignatures"
            yield [str(one.seq), utc_text(one.time)[:19], f"{one.size:,}", short(tokens, 700)]


def _entries(accounting: Accounting, ordered: Iterable[Piece]) -> Iterator[str]:
    """A line for each entry, in columns of a fixed width: a table of thousands would cost typst hundreds of MB."""
    shown = [one.signed for one in accounting.transmittals]
    shown += [later.signed for one in accounting.transmittals for later in one.follow_ups]
    shown += [one.piece.signed for one in accounting.others]
    shown += [piece.signed for piece in ordered]
    for signed in sorted(shown, key=lambda one: one.entry.seq):
        entry = signed.entry
        kind = entry.kind if len(entry.kind) <= 11 else f"{entry.kind[:10]}…"
        yield f"{entry.seq:>7}  {kind:<11}  {entry.time:%Y-%m-%d %H:%M:%S}  {member(signed):<5}  {signed.hash.hex()}"
