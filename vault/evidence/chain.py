"""The hash chain: entries in their order, each judged by those before it. Shared by who appends and who verifies."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from vault.evidence import ed25519, merkle, public
from vault.evidence import entry as entries
from vault.evidence.defined import mutable
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.members import KEY_KINDS, KeyHistory
from vault.evidence.note import Key
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven

_KNOWN_KINDS = public.KINDS | public.RECORD_KINDS
_NUMBERS = partial(array, "Q")


class Judged(NamedTuple):
    """What `Chain.follow` found of one entry: its faults, and the key its signature is still to be verified with."""

    faults: tuple[Fault, ...]
    key: Key | None


@mutable()
class Chain:
    """The state after `size` entries: peaks of the tree, last leaf hash, keys. `follow` takes the next entry.

    `completed` are the hashes of the subtrees that the last entry completed, its own leaf hash first.
    `fingerprint` is the leaf hash of entry 0: unless it is the one known from outside, all of this is self-asserted.
    `steps_back` numbers the entries whose clock stood before that of the entry before, `unknown` those of a kind that
    this program does not know. `earliest` has, of each stretch between two anchor entries, the entry whose clock is
    earliest, perhaps in pieces. Memory is O(log n + anchors), but for eight bytes an entry that remember who signed it,
    since a revocation reaches back.
    """

    origin: str
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    fingerprint: bytes = b""
    last_hash: bytes = merkle.EMPTY_ROOT
    last_time: datetime | None = None
    transmittals: int = 0
    steps_back: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    earliest: list[tuple[datetime, int]] = field(default_factory=list)
    completed: list[bytes] = field(default_factory=list)
    keys: KeyHistory = field(init=False)
    _signed: "defaultdict[str, array[int]]" = field(default_factory=lambda: defaultdict(_NUMBERS))
    _in_stretch: bool = False

    def __post_init__(self) -> None:
        """Start with no keys."""
        self.keys = KeyHistory(self.origin)

    @property
    def root(self) -> bytes:
        """The Merkle root over all entries so far."""
        return merkle.fold_peaks(self.peaks)

    def read(self, leaf: bytes) -> tuple[SignedEntry | None, list[Fault]]:
        """Judge and take in the next leaf: steps 1 to 5 of docs/format/ledger.md, its signature included.

        Returns the entry, None where it cannot be read, and its faults.
        """
        where = f"entry {self.size}"
        try:
            signed = entries.parse(leaf, where)
        except Malformed as exc:
            self.skip(leaf)
            return None, [from_malformed(Verdict.INTEGRITY, exc)]
        faults, key = self._judge(signed, where)
        if key is not None:  # the signature of a key entry is verified already
            try:
                message, signature = signed.text_bytes, signed.unverified_signature.value
                ed25519.verify(key.public, message, signature, where)
            except Malformed as exc:
                faults.append(from_malformed(Verdict.ORIGIN, exc))
        return signed, faults

    def follow(self, signed: SignedEntry) -> Judged:
        """Judge and take in the next entry as entry number `size`; the signature of most is left to be verified.

        Goes on after a fault, so that a report can name all of them; the tree is built over what is there. A key
        entry is verified at once, and changes no keys if it is refused.
        """
        faults, key = self._judge(signed, f"entry {self.size}")
        return Judged(tuple(faults), key)

    def _judge(self, signed: SignedEntry, where: str) -> tuple[list[Fault], Key | None]:
        entry = signed.entry
        faults = self._misplaced(entry, where)
        key = None
        try:
            if entry.kind in KEY_KINDS:
                self.keys = self.keys.after(signed, where)
            else:
                key = self.keys.signer(signed, where)
            self._signed[signed.unverified_signature.name].append(self.size)
        except Malformed as exc:
            faults.append(from_malformed(Verdict.ORIGIN, exc))
        self._take_in(entry, signed.hash)
        return faults, key

    def skip(self, leaf: bytes) -> None:
        """Take in bytes that `entry.parse` refused as entry number `size`, so that what follows can be judged."""
        self._advance(merkle.leaf_hash(leaf))

    def _misplaced(self, entry: Entry, where: str) -> list[Fault]:
        faults = []
        if entry.origin != self.origin:
            faults.append(broken(Verdict.ORDER, where, f"origin {self.origin}", entry.origin))
        if entry.seq != self.size:
            faults.append(broken(Verdict.ORDER, where, f"sequence number {self.size}", entry.seq))
        if entry.previous != self.last_hash:
            expected, found = base64_text(self.last_hash), base64_text(entry.previous)
            faults.append(broken(Verdict.ORDER, where, f"previous {expected}", found))
        return faults

    def _take_in(self, entry: Entry, leaf_hash: bytes) -> None:
        kind, time = entry.kind, entry.time
        if self.last_time is not None and time < self.last_time:
            self.steps_back.append(self.size)
        if kind == "disclosure":
            self.transmittals += 1
        elif kind not in _KNOWN_KINDS:
            self.unknown.append(self.size)
        if not self._in_stretch:
            self.earliest.append((time, self.size))
        elif time < self.earliest[-1][0]:
            self.earliest[-1] = (time, self.size)
        self._in_stretch = kind != "anchor"
        self.last_time = time
        self._advance(leaf_hash)

    def _advance(self, leaf_hash: bytes) -> None:
        if self.size == 0:
            self.fingerprint = leaf_hash
        self.last_hash = leaf_hash
        self.completed = merkle.append(self.peaks, self.size, leaf_hash)
        self.size += 1

    def stands_as(self, other: "Chain") -> bool:
        """Whether every entry that follows would be judged alike by both."""
        return self._state() == other._state()

    def _state(self) -> tuple[object, ...]:
        return self.origin, self.size, self.peaks, self.fingerprint, self.last_hash, self.last_time, self.keys

    def take(self, later: "Chain") -> None:
        """Become what `later` is, which began where this one stands and knows nothing of what was before."""
        self.size, self.peaks, self.completed, self.keys = later.size, later.peaks, later.completed, later.keys
        self.last_hash, self.last_time = later.last_hash, later.last_time
        self.fingerprint = self.fingerprint or later.fingerprint
        self.transmittals += later.transmittals
        self.steps_back += later.steps_back
        self.unknown += later.unknown
        self.earliest += later.earliest
        self._in_stretch = later._in_stretch
        for name, signed in later._signed.items():
            self._signed[name].extend(signed)

    def revoked_entries(self) -> list[tuple[int, str]]:
        """(seq, member) of each entry whose signer was later revoked from a number at or before it, in order."""
        found: set[tuple[int, str]] = set()
        for revocation in self.keys.revocations:
            signed = self._signed.get(f"{self.origin}/{revocation.member}", array("Q"))
            start, end = bisect_left(signed, revocation.first), bisect_left(signed, revocation.declared)
            found.update((seq, revocation.member) for seq in signed[start:end])
        return sorted(found)

    def ending_faults(self) -> list[Fault]:
        """What is known only once the last entry is in: entries of revoked members, a ledger without disclosures."""
        faults = [
            not_proven(Verdict.ORIGIN, f"entry {seq}", "a signer not revoked later", member)
            for seq, member in self.revoked_entries()
        ]
        if not self.transmittals:
            faults += [not_proven(v, "ledger", "a disclosure", "none") for v in (Verdict.ORDER, Verdict.COMPLETENESS)]
        return faults
