"""Stamping a checkpoint: TSAs are asked, what holds is kept durably, then an `anchor` entry names it.

A crash between the last two leaves a folder that no entry names; the next run appends the entry for it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from vault.anchoring import asking, certificates, reply, tokens
from vault.anchoring.naming import named, orphans
from vault.anchoring.tokens import Stamp
from vault.anchoring.tsas import Tsa, read_roots
from vault.archive import Archive
from vault.errors import Damaged, Misuse, Unavailable, VaultError
from vault.evidence.anchor import BOOKKEEPING
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed, base64_text, refuse

Ask = Callable[[str, bytes], bytes]
Random = Callable[[int], bytes]

_ANSWER = "its answer"  # is what it begins with where what came is not believed
_LATER = "repeat it later; if it stays so, see that [[tsa]] in vault.toml has the right url"
_ANSWERED = "see that url, roots and policy of [[tsa]] in vault.toml are those of this TSA, or ask who runs it"


@dataclass(frozen=True, slots=True)
class Kept:
    """A token that holds under the vault's own roots: whose, its SHA-256 in hex, what it says."""

    tsa: str
    digest: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Anchored:
    """The `anchor` entry that was appended, the exact note, what it names, and which TSAs failed and why."""

    seq: int
    note: bytes
    kept: tuple[Kept, ...]
    failed: tuple[str, ...] = ()


def due(archive: Archive, older_than: timedelta | None, *, renew: bool) -> bool:
    """Whether a stamp is wanted: always without `older_than`; with it if the last one is older and there is news.

    Entries of index, anchor and backup are no news. With `renew` none is needed. O(anchors).
    """
    newest = max(named(archive.ledger), key=lambda one: one.size, default=None)
    if older_than is None or newest is None:
        return True
    if archive.clock() - newest.time < older_than:
        return False
    return renew or archive.ledger.first_but(newest.size, BOOKKEEPING) is not None


def anchor(archive: Archive, ask: Ask = asking.ask, random: Random = os.urandom) -> list[Anchored]:
    """Stamp the vault's checkpoint by every TSA of vault.toml; returns what was appended, the newest last.

    One TSA is enough, the others are in `failed`. What an interrupted run has left is completed first. `Misuse` without
    a TSA; `Unavailable` if none gave a token that holds: then no anchor entry is appended.
    """
    known = [(tsa, read_roots(tsa)) for tsa in archive.config.tsas]
    if not known:
        raise Misuse("vault.toml names no TSA", "add a [[tsa]] with name, url and roots; docs/custodian.md shows one")
    with archive.folder.anchors.locked():
        completed = list(_complete(archive, [roots for _, roots in known]))
        note = archive.checkpoint(index=False)  # `dvault checkpoint` has appended one, where it is due
        size = _checkpoint(note).size
        note = _note_there(archive, size) or note
        kept, failed = _ask_all(archive, note, known, ask, random)
        if not kept:
            answered = any(f": {_ANSWER}: " in one for one in failed)
            hint = f"no anchor entry was appended; {_ANSWERED if answered else _LATER}"
            raise Unavailable(f"no TSA gave a time stamp that holds: {'; '.join(failed)}", hint)
        return [*completed, _append(archive, note, kept, failed)]


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_text(parse_note(note, "checkpoint").text)


def _note_there(archive: Archive, size: int) -> bytes | None:
    """A note of this head that lies in the folder already: replies beside it are over its bytes, not over new ones."""
    there = archive.folder.anchors.note(size)
    return None if there is None else verified_note(archive, size, there)


def verified_note(archive: Archive, size: int, note: bytes) -> bytes:
    """The note, if both log keys signed it and it is of this ledger; `Damaged` else."""
    where = f"anchors/{size}/checkpoint"
    try:
        found = open_checkpoint(note, archive.history.log_at(size), where)
    except Malformed as exc:
        raise Damaged(str(exc), f"dvault verify; move anchors/{size} out of the vault") from exc
    if (found.size, found.root) != (size, archive.ledger.root(size)):
        raise Damaged(f"{where} is of another ledger or size", f"move anchors/{size} out of the vault")
    return note


def _ask_all(
    archive: Archive, note: bytes, known: Sequence[tuple[Tsa, tuple[bytes, ...]]], ask: Ask, random: Random
) -> tuple[list[Kept], list[str]]:
    kept, failed = [], []
    earlier = _proven_before(archive, [roots for _, roots in known])
    for tsa, roots in known:
        try:
            kept.append(_ask_one(archive, note, tsa, roots, _Asked(ask, random, earlier)))
        except (VaultError, Malformed) as exc:
            failed.append(f"{tsa.name}: {exc}")
    return kept, failed


@dataclass(frozen=True, slots=True)
class _Asked:
    """How to ask, and what an answer must not be dated before."""

    ask: Ask
    random: Random
    earlier: datetime | None


def _ask_one(archive: Archive, note: bytes, tsa: Tsa, roots: tuple[bytes, ...], how: _Asked) -> Kept:
    nonce = int.from_bytes(how.random(8)) | 1 << 63  # never 0, always of one length
    token = how.ask(tsa.url, tokens.request(note, nonce, tsa.policy))
    stamp = tokens.check(token, note, roots, _ANSWER, nonce, tsa.policy)
    if how.earlier is not None and stamp.time + stamp.margin < how.earlier:
        refuse(_ANSWER, f"a time after {how.earlier:%Y-%m-%d %H:%M:%S}, which older tokens prove", stamp.time)
    chain = certificates.pem([*reply.read(token, tsa.name).certificates, *roots])
    digest = archive.folder.anchors.keep(_checkpoint(note).size, note, token, chain)
    return Kept(tsa.name, digest, stamp)


def _proven_before(archive: Archive, roots: Sequence[tuple[bytes, ...]]) -> datetime | None:
    """The latest moment that tokens of the newest anchor prove to be past. [A TSA whose clock is wrong is recorded, and
    contradicts the others for ever.]"""
    newest = max(named(archive.ledger), key=lambda one: one.seq, default=None)
    if newest is None:
        return None
    note = archive.folder.anchors.note(newest.size)
    found = _holding(archive, newest.size, newest.tokens, note, roots) if note else []
    return max((one.stamp.time - one.stamp.margin for one in found), default=None)


def _holding(
    archive: Archive, size: int, digests: Sequence[str], note: bytes, roots: Sequence[tuple[bytes, ...]]
) -> list[Kept]:
    """Of these kept tokens those that hold over `note` under the vault's own roots."""
    found = []
    every = [one for listed in roots for one in listed]
    for digest in digests:
        token = archive.folder.anchors.token(size, digest)
        if token is None or sha256(token).hexdigest() != digest:
            continue
        try:
            stamp = tokens.check(token, note, every, f"anchors/{size}/{digest}.tsr")
        except Malformed:
            continue
        found.append(Kept(stamp.tsa, digest, stamp))
    return found


def _complete(archive: Archive, roots: Sequence[tuple[bytes, ...]]) -> Iterator[Anchored]:
    """Append the entries that an interrupted run did not come to; what does not hold stays for `doctor` to name."""
    for size, digests in orphans(archive.ledger, archive.folder.anchors).items():
        note = archive.folder.anchors.note(size)
        if note is None or not digests or size > archive.ledger.size():
            continue
        try:
            verified_note(archive, size, note)
        except VaultError:
            continue
        if kept := _holding(archive, size, digests, note, roots):
            yield _append(archive, note, kept, [])


def _append(archive: Archive, note: bytes, kept: Sequence[Kept], failed: Sequence[str]) -> Anchored:
    checkpoint = _checkpoint(note)
    lines = [f"token {digest}" for digest in sorted({one.digest for one in kept})]
    seq = archive.append_public("anchor", [f"checkpoint {checkpoint.size} {base64_text(checkpoint.root)}", *lines])
    return Anchored(seq, note, tuple(kept), tuple(failed))
