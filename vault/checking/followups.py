"""Checking what records refer to, once the walk is over: approvals that count, follow-ups filed to be found."""

from collections.abc import Iterable, Iterator, Sequence

from vault.archive import Archive
from vault.errors import VaultError
from vault.evidence import ed25519, references
from vault.evidence import entry as entries
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KeyHistory
from vault.evidence.merkle import leaf_hash
from vault.evidence.references import Filed, Reference
from vault.evidence.strict import Malformed, refuse
from vault.evidence.verdicts import Fault, Verdict, from_malformed, not_proven

_KNOWN = 10_000  # earlier records of which the terms are kept


class FollowUps:
    """Judges the references that the walk took down, in whatever order: O(references + key entries).

    Approvals are looked up, and their signatures verified, anew: what the walk found wrong with one is not asked.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._filed: dict[int, Filed | None] = {}
        self._history = KeyHistory(archive.config.origin)

    def check(self, collected: Iterable[Reference]) -> Iterator[Fault]:
        """The faults of all of them, by the number of the entry that refers."""
        ordered = sorted(collected, key=lambda reference: reference.seq)
        first = references.first_named(ordered)
        approvals = self._approvals(sorted(first))
        for reference in ordered:
            where = f"record of entry {reference.seq}"
            try:
                references.check_approvals(reference, approvals, first, where)
                self._follow(reference, where)
            except Malformed as exc:
                yield from_malformed(Verdict.INTEGRITY, exc)
            yield from self._revoked(reference, approvals)

    def _follow(self, reference: Reference, where: str) -> None:
        references.check_filed(reference, where)
        for seq in reference.filed.entries if reference.filed else ():
            earlier = self._earlier(seq)
            if earlier is not None:
                references.check_follow_up(reference, seq, earlier, where)

    def _earlier(self, seq: int) -> Filed | None:
        """How an earlier record is filed; None where it has none, was erased, or is refused by the walk."""
        if seq not in self._filed:
            if len(self._filed) >= _KNOWN:
                self._filed.clear()
            try:
                self._filed[seq] = Filed.of(self._archive.read(seq))
            except (VaultError, Malformed):
                self._filed[seq] = None
        return self._filed[seq]

    def _approvals(self, named: Sequence[int]) -> dict[int, SignedEntry]:
        """Those of the named entries that stand: in their place, signed by who may sign them then."""
        found = {}
        keys = self._archive.ledger.key_leaves(1 << 62)
        pending = next(keys, None)
        for seq in [*named, 1 << 62]:
            while pending and pending[0] < seq:
                self._change_keys(pending[1])
                pending = next(keys, None)
            if seq < self._archive.ledger.size():
                try:
                    found[seq] = self._standing(seq)
                except (VaultError, Malformed):  # the walk has named it
                    continue
        return found

    def _change_keys(self, leaf: bytes) -> None:
        try:
            self._history = self._history.after(entries.parse(leaf), "key entry")
        except Malformed:
            return  # a refused key entry changes nothing

    def _standing(self, seq: int) -> SignedEntry:
        where = f"entry {seq}"
        before, leaf = self._archive.ledger.leaves(seq - 1, seq + 1)
        signed = entries.parse(leaf, where)
        place = (self._history.origin, seq, leaf_hash(before))
        if (signed.entry.origin, signed.entry.seq, signed.entry.previous) != place:
            refuse(where, "an entry in its place")
        key = self._history.signer(signed, where)
        ed25519.verify(key.public, signed.text_bytes, signed.unverified_signature.value, where)
        return signed

    def _revoked(self, reference: Reference, approvals: dict[int, SignedEntry]) -> Iterator[Fault]:
        for seq in reference.approvals:
            signer = approvals[seq].unverified_signature.name if seq in approvals else ""
            for revocation in self._history.revocations:
                named = f"{self._history.origin}/{revocation.member}"
                if named == signer and seq is not None and revocation.first <= seq < revocation.declared:
                    where = f"approval {seq} of entry {reference.seq}"
                    yield not_proven(Verdict.ORIGIN, where, "a signer not revoked later", revocation.member)
