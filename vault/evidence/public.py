"""The public lines of entries without a record: keys, members, index roots, anchors, rules, backups, approvals.

One table says which lines each kind has, in which order and how often; everything a stranger needs to judge
signatures and checkpoints stands here in clear, and no person, party or matter does.
"""

import re
from collections.abc import Callable, Sequence
from operator import lt
from typing import Any, NamedTuple

from vault.evidence import note
from vault.evidence.merkle import HASH_SIZE
from vault.evidence.note import ED25519, ML_DSA_44_COSIGNATURE, Key
from vault.evidence.strict import base64_bytes, decimal, hex_bytes, refuse

ROLES = ("custodian", "recorder", "reader", "auditor", "checkpointer")
MEMBER = r"m[1-9][0-9]{0,5}"
# A word and its values: printable ASCII with single spaces, so that no line looks like another one on any screen.
LINE = r"(?!(?:record|tag|previous) )(?:[a-z][a-z-]{0,31}(?: [!-~]+)+|cosignature — [!-~]+ [!-~]+)"
_COSIGNATURE = "cosignature"  # the one line with a character beyond ASCII, so it belongs to its own kind alone

# Bech32 (BIP 173): X25519 (32 bytes) or the hybrid mlkem768x25519 (1,216 bytes), with 6 characters of checksum.
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}|age1pq1[02-9ac-hj-np-z]{1952}")
_RULE = re.compile(r"[a-z][a-z0-9.-]{0,63}")
_COSIGNED = (8 + 64, 8 + 2420)  # bytes of a cosignature: its time, then Ed25519 or ML-DSA-44


class MemberLine(NamedTuple):
    """`member m2 <roles> <vkey> <age recipient>`: who may sign from the next entry on, and what for."""

    name: str
    roles: frozenset[str]
    key: Key
    recipient: str

    @property
    def line(self) -> str:
        """The line that `parse_member` reads."""
        roles = ",".join(role for role in ROLES if role in self.roles)
        return f"member {self.name} {roles} {self.key} {self.recipient}"


def parse_member(value: str, where: str) -> MemberLine:
    """Read what follows `member `; whether the key's name is the member's is judged in the key history."""
    name, roles, vkey, recipient = _fields(value, 4, where)
    _member_number(name, where)
    listed = roles.split(",")
    if listed != [role for role in ROLES if role in listed]:
        refuse(where, f"roles of {', '.join(ROLES)}, in this order, each once", roles)
    if "auditor" in listed and len(listed) > 1:  # who audits signs nothing, so the role stands alone
        refuse(where, "auditor as the only role", roles)
    key = Key.parse(vkey, where)
    if key.kind != ED25519:
        refuse(where, "an Ed25519 vkey (type 1)", vkey)
    if not _RECIPIENT.fullmatch(recipient):
        refuse(where, "an age recipient, age1... or age1pq1...", recipient)
    return MemberLine(name, frozenset(listed), key, recipient)


def parse_vrf(value: str, where: str) -> tuple[int, bytes]:
    """Read `<generation> <base64 key>`; the point itself is checked where the key history takes it in."""
    generation, key = _fields(value, 2, where)
    return decimal(generation, where), base64_bytes(key, where, size=32)


def parse_revocation(value: str, where: str) -> tuple[str, int]:
    """Read `<member> <seq>`: the member's entries from `seq` on are no longer vouched for."""
    name, seq = _fields(value, 2, where)
    _member_number(name, where)
    return name, decimal(seq, where)


def parse_root(value: str, where: str) -> tuple[int, bytes]:
    """Read `<size> <root>`."""
    size, root = _fields(value, 2, where)
    return decimal(size, where), base64_bytes(root, where, size=HASH_SIZE)


def parse_continues(value: str, where: str) -> tuple[bytes, int, bytes]:
    """Read `<fingerprint> <size> <root>`: the ledger this one continues, and its last known head."""
    fingerprint, head = value.partition(" ")[::2]
    size, root = parse_root(head, where)
    if size == 0:
        refuse(where, "a ledger of at least one entry to continue", size)
    return hex_bytes(fingerprint, where, size=HASH_SIZE), size, root


def parse_approval(value: str, where: str = "approval") -> bytes:
    """Read `<root>`, the root over the lines of a record that are approved."""
    return base64_bytes(value, where, size=HASH_SIZE)


def _fields(value: str, count: int, where: str) -> list[str]:
    fields = value.split(" ")
    if len(fields) != count:
        refuse(where, f"{count} fields", value)
    return fields


def _member_number(name: str, where: str) -> int:
    if not re.fullmatch(MEMBER, name):
        refuse(where, "a member's name like m2", name)
    return int(name[1:])


# The readers of lines that may be repeated return what the repeats are sorted by, strictly ascending.
def _log(value: str, where: str) -> int:
    kind = Key.parse(value, where).kind
    if kind not in (ED25519, ML_DSA_44_COSIGNATURE):
        refuse(where, "an Ed25519 (1) or ML-DSA-44 cosignature (6) key", kind)
    return kind


def _member(value: str, where: str) -> int:
    return int(parse_member(value, where).name[1:])


def _revoke(value: str, where: str) -> int:
    return int(parse_revocation(value, where)[0][1:])


def _hex32(value: str, where: str) -> bytes:
    return hex_bytes(value, where, size=32)


def _cosignature(value: str, where: str) -> str:
    # Read as the signature line it is, under a text of its own.
    (signature,) = note.parse(f"cosignature\n\n{value}\n".encode(), where).unverified_signatures
    if len(signature.value) not in _COSIGNED:
        refuse(where, "a cosignature: a time, then an Ed25519 or ML-DSA-44 signature", f"{len(signature.value)} bytes")
    return value


def _worm(value: str, _where: str) -> str:
    return value


def _rule(value: str, where: str) -> str:
    name, _, rest = value.partition(" ")
    if not _RULE.fullmatch(name) or not rest:
        refuse(where, "rule <name> <value>", value)
    return name


def _objects(value: str, where: str) -> int:
    count, digest = _fields(value, 2, where)
    hex_bytes(digest, where, size=32)
    return decimal(count, where)


def _drill(value: str, where: str) -> str:
    if value not in ("ok", "failed"):
        refuse(where, "drill ok or drill failed", value)
    return value


class _Rule(NamedTuple):
    keyword: str
    counts: Sequence[int]
    read: Callable[[str, str], Any]  # repeats are compared with each other only


_ONE, _OPTIONAL, _ANY, _SOME = (1,), (0, 1), range(1001), range(1, 1001)

_GRAMMAR: dict[str, tuple[_Rule, ...]] = {
    "genesis": (
        _Rule("log", (2,), _log),
        _Rule("vrf", _ONE, parse_vrf),
        _Rule("member", _ONE, _member),
        _Rule("keyring", _ONE, _hex32),
        _Rule("continues", _OPTIONAL, parse_continues),
    ),
    "key": (
        _Rule("log", (0, 2), _log),
        _Rule("vrf", _OPTIONAL, parse_vrf),
        _Rule("member", _ANY, _member),
        _Rule("remove", _ANY, _member_number),
        _Rule("revoke", _ANY, _revoke),
        _Rule("keyring", _ONE, _hex32),
    ),
    "index": (_Rule("index", _ONE, parse_root),),
    "anchor": (
        _Rule("checkpoint", _ONE, parse_root),
        _Rule("token", _ANY, _hex32),
        _Rule(_COSIGNATURE, _ANY, _cosignature),
        _Rule("worm", _ANY, _worm),
    ),
    "policy": (_Rule("rule", _SOME, _rule),),
    "backup": (_Rule("size", _ONE, decimal), _Rule("objects", _ONE, _objects), _Rule("drill", _OPTIONAL, _drill)),
    "approval": (_Rule("approves", _ONE, parse_approval),),
}
KINDS = frozenset(_GRAMMAR)
RECORD_KINDS = frozenset((
    "party", "subject", "matter", "request", "outcome", "disclosure", "correction", "receipt", "notice", "nil-return",
    "hold", "erasure", "reseal", "export", "report",
))  # fmt: skip


def split(line: str) -> tuple[str, str]:
    """A public line's keyword and the rest."""
    keyword, _, value = line.partition(" ")
    return keyword, value


def check_lines(kind: str, seq: int, lines: Sequence[str], where: str) -> None:
    """Refuse lines that entry `seq`, of this kind, does not have; of an unknown kind only the shape is known."""
    if kind in RECORD_KINDS:
        refuse(where, f"a record line in an entry of kind {kind}", lines[0])
    if kind in _GRAMMAR:
        _check_grammar(kind, lines, where)
        _check_extent(kind, seq, lines, where)
    elif any(split(line)[0] == _COSIGNATURE for line in lines):
        refuse(where, f"cosignature lines in an anchor only, not in an entry of kind {kind}")


def _check_grammar(kind: str, lines: Sequence[str], where: str) -> None:
    rest = list(lines)
    for rule in _GRAMMAR[kind]:
        keys: list[Any] = []
        while rest and split(rest[0])[0] == rule.keyword:
            keys.append(rule.read(split(rest.pop(0))[1], f"{where}, line {rule.keyword}"))
        if len(keys) not in rule.counts:
            refuse(where, f"line `{rule.keyword}` {_spell(rule.counts)} times in an entry of kind {kind}", len(keys))
        if not all(map(lt, keys, keys[1:])):
            refuse(where, f"lines `{rule.keyword}` sorted, each once")
    if rest:
        refuse(where, f"only the lines of an entry of kind {kind}, in their order", rest[0])


def _check_extent(kind: str, seq: int, lines: Sequence[str], where: str) -> None:
    """An index covers every entry before it; an anchor or backup some of them, and an anchor holds something."""
    if kind not in ("index", "anchor", "backup"):
        return
    size = int(lines[0].split(" ")[1])
    if not (size == seq if kind == "index" else 0 < size <= seq):
        refuse(where, f"a size of {'' if kind == 'index' else '1 to '}{seq}", size)
    if kind == "anchor" and len(lines) == 1:
        refuse(where, "a token, cosignature or worm line")


def _spell(counts: Sequence[int]) -> str:
    return " or ".join(map(str, counts)) if len(counts) <= 2 else f"{counts[0]} to {counts[-1]}"
