"""Whose signature counts: members, roles, log and index keys as the ledger itself declares them, entry by entry.

An entry is judged by the keys and roles after the entries before it. [Without it: a newcomer signs his own admission;
a leaver goes on; an auditor records; a log key poses as a witness.]
"""

from collections.abc import Iterable
from dataclasses import field, replace
from typing import NamedTuple

from vault.evidence import ed25519, public, vrf
from vault.evidence.checkpoint import LogKeys
from vault.evidence.defined import mutable
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.note import Key, Signature
from vault.evidence.public import MemberLine
from vault.evidence.strict import hex_bytes, refuse

_CUSTODIAN = frozenset(("custodian",))
_KEEPERS = frozenset(("checkpointer", "custodian"))
_WRITERS = frozenset(("recorder", "reader", "custodian"))

KEY_KINDS = frozenset(("genesis", "key"))
SIGNERS = {
    **dict.fromkeys(("genesis", "key", "erasure", "policy", "hold"), _CUSTODIAN),
    **dict.fromkeys(("index", "anchor", "backup"), _KEEPERS),
}


def roles_for(kind: str) -> frozenset[str]:
    """The roles of which a signer of this kind has one; kinds not known here are for those who may record."""
    return SIGNERS.get(kind, _WRITERS)


class Revocation(NamedTuple):
    """From `first` up to the entry `declared` the member's signatures prove nothing; after it they are refused."""

    member: str
    first: int
    declared: int


@mutable()
class KeyHistory:
    """The keys of one ledger after some number of entries. `after` gives the next state and leaves this one as it is.

    `members` are those present, by name (`m2`); `vrfs` the index keys by generation; `used` every public key and
    recipient ever declared.
    """

    origin: str
    members: dict[str, MemberLine] = field(default_factory=dict)
    joined: int = 0
    logs: list[tuple[int, LogKeys]] = field(default_factory=list)
    vrfs: dict[int, bytes] = field(default_factory=dict)
    keyring: bytes = b""
    revocations: list[Revocation] = field(default_factory=list)
    used: set[bytes] = field(default_factory=set)

    @property
    def log(self) -> LogKeys:
        """The log keys in force; `Malformed` in a ledger that has declared none."""
        return self.log_at(1 << 63)

    @property
    def generation(self) -> int:
        """The generation of the index key in force; generations are gapless from 1."""
        return len(self.vrfs)

    def log_at(self, size: int) -> LogKeys:
        """The log keys that sign a checkpoint of `size` entries: those in force after entry size - 1."""
        found = next((keys for declared, keys in reversed(self.logs) if declared < size), None)
        if found is None:
            refuse("log keys", f"a genesis among the first {size} entries")
        return found

    def signer(self, signed: SignedEntry, where: str) -> Key:
        """The key that must have signed the next entry, by the name in its signature line and the roles so far."""
        entry, signature = signed.entry, signed.unverified_signature
        if entry.kind == "genesis":
            return _matching(self._founder(entry, where), signature, where)
        member = self.members.get(signature.name.rpartition("/")[2])
        if member is None:
            refuse(where, "a signature by a member at this point of the ledger", signature.name)
        if member.roles.isdisjoint(allowed := roles_for(entry.kind)):
            refuse(where, f"an entry of kind {entry.kind} signed by a {' or '.join(sorted(allowed))}", signature.name)
        return _matching(member, signature, where)

    def _founder(self, entry: Entry, where: str) -> MemberLine:
        if self.joined:  # a second genesis would bring its own custodian
            refuse(where, "the one genesis to be the first entry", f"entry {entry.seq}")
        (line,) = (value for keyword, value in map(public.split, entry.public_lines) if keyword == "member")
        return public.parse_member(line, where)

    def after(self, signed: SignedEntry, where: str) -> "KeyHistory":
        """The state after the next entry; `Malformed` if it declares what the ledger cannot take.

        A genesis or key entry has its signer and its signature verified here, since no key may rest on an entry that
        nobody signed. Other entries change nothing and are not looked at.
        """
        entry = signed.entry
        if entry.kind not in KEY_KINDS:
            return self
        signer = self.signer(signed, where)
        ed25519.verify(signer.public, signed.text_bytes, signed.unverified_signature.value, where)
        after = replace(
            self,
            members=dict(self.members),
            logs=list(self.logs),
            vrfs=dict(self.vrfs),
            revocations=list(self.revocations),
            used=set(self.used),
        )
        after._take(entry, signer.name.rpartition("/")[2], where)
        if after == self:
            refuse(where, "a key entry that changes something")
        return after

    def _take(self, entry: Entry, signer: str, where: str) -> None:
        lines = [public.split(line) for line in entry.public_lines]
        self._add_logs([value for keyword, value in lines if keyword == "log"], entry.seq, where)
        named = [value.split(" ")[0] for keyword, value in lines if keyword in ("member", "remove", "revoke")]
        if len(set(named)) != len(named):
            refuse(where, "each member in one line only", " ".join(named))
        for keyword, value in lines:
            if keyword == "vrf":
                self._add_vrf(value, where)
            elif keyword == "member":
                self._add_member(public.parse_member(value, where), where)
            elif keyword == "remove":
                self._remove(value, where)
            elif keyword == "revoke":
                self._revoke(value, entry.seq, signer, where)
            elif keyword == "keyring":
                self.keyring = hex_bytes(value, where, size=32)
        if not any("custodian" in member.roles for member in self.members.values()):
            refuse(where, "a custodian among the members")

    def _add_logs(self, vkeys: list[str], seq: int, where: str) -> None:
        if not vkeys:
            return
        keys = [Key.parse(vkey, where) for vkey in vkeys]
        for key in keys:
            if key.name != self.origin:
                refuse(where, f"log keys named {self.origin}", key.name)
        self._claim([key.public for key in keys], where)
        self.logs.append((seq, LogKeys(*keys)))

    def _add_vrf(self, value: str, where: str) -> None:
        generation, key = public.parse_vrf(value, where)
        if generation != self.generation + 1:
            refuse(where, f"index key generation {self.generation + 1}", generation)
        vrf.check_public(key, where)
        self._claim([key], where)
        self.vrfs[generation] = key

    def _add_member(self, member: MemberLine, where: str) -> None:
        if member.key.name != f"{self.origin}/{member.name}":
            refuse(where, f"a key named {self.origin}/{member.name}", member.key.name)
        known = self.members.get(member.name)
        if known is None:
            # Numbers are given once: who comes back gets a new one, with new keys.
            self.joined += 1
            if member.name != f"m{self.joined}":
                refuse(where, f"the next member to be m{self.joined}", member.name)
            self._claim([member.key.public, member.recipient.encode()], where)
        elif (known.key, known.recipient) != (member.key, member.recipient):
            refuse(where, f"{member.name} with the keys given at joining; new keys join as a new member")
        elif known.roles == member.roles:
            refuse(where, f"other roles for {member.name} than before", ",".join(sorted(member.roles)))
        self.members[member.name] = member

    def _remove(self, name: str, where: str) -> None:
        if self.members.pop(name, None) is None:
            refuse(where, "a present member to remove", name)

    def _revoke(self, value: str, seq: int, signer: str, where: str) -> None:
        name, first = public.parse_revocation(value, where)
        if int(name[1:]) > self.joined or first > seq:
            refuse(where, f"a known member and an entry up to {seq}", value)
        if name == signer:  # the entry that says a key cannot be trusted would rest on that key
            refuse(where, "a revocation by another custodian", name)
        self.members.pop(name, None)
        self.revocations.append(Revocation(name, first, seq))

    def _claim(self, keys: Iterable[bytes], where: str) -> None:
        """Every key has one use: one seen under another name before would let one signature stand for two."""
        for key in keys:
            if key in self.used:
                refuse(where, "a key never used before in this ledger", key.hex())
            self.used.add(key)


def _matching(member: MemberLine, signature: Signature, where: str) -> Key:
    if (signature.name, signature.key_id) != (member.key.name, member.key.id):
        refuse(where, f"a signature line of {member.key.name} ({member.key.id.hex()})", str(signature))
    return member.key
