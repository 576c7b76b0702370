"""Which witnesses have to have cosigned a checkpoint (C2SP tlog-policy): logs, witnesses, groups, one quorum.

```
log vault.example/log1+99d5f276+AT8D+vTUws/7W1gOqSGbdDXrrmt3jPAqTrHAstWiE4z5
witness w1 witness.example/w1+586d0b9a+BBQzA22TUGQjImRLTPJOCPRp+BAYPvXYTpf05YEMg813
quorum w1
```
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from vault.evidence.note import COSIGNERS, ED25519, ML_DSA_44_COSIGNATURE, Key
from vault.evidence.strict import decimal, refuse

NONE = "none"
MAX_QUORUM = 1 << 20  # bytes of UTF-8: 256 ML-DSA-44 keys have half of that
MAX_OF_EACH = 256  # logs, witnesses, groups; the specification asks readers for at least 32

_WHITE = re.compile("[ \t]+")  # the specification's: no other character separates
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_LOG_KINDS = (ED25519, ML_DSA_44_COSIGNATURE)


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its name in the policy (empty for a log), its key, the URL as written or empty."""

    name: str
    key: Key
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """At least `threshold` of `members`, names of witnesses or groups, each in no other group."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quorum:
    """A read policy. `rule` names a witness or group, or is `none`; `text` is what was read, kept as it was given."""

    logs: tuple[Party, ...]
    witnesses: tuple[Party, ...]
    groups: dict[str, Group] = field(hash=False)
    rule: str
    text: str

    def is_met_by(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names are enough, their cosignatures having been verified."""
        return self.rule == NONE or self._counts(self.rule, cosigned)

    def _counts(self, name: str, cosigned: Collection[str]) -> bool:
        # A loop over the groups as they were defined: each names earlier ones only, and a chain may be 256 long.
        counted = set(cosigned) - self.groups.keys()
        for group, rule in self.groups.items():
            if len(counted.intersection(rule.members)) >= rule.threshold:
                counted.add(group)
        return name in counted


def parse(text: str, where: str = "policy", *, first: int = 1) -> Quorum:
    """Read a policy; errors name lines, counted from `first`. Raises `Malformed`.

    Stricter than the specification: UTF-8 throughout, and a witness's key is none of the logs'. [The log cosigns as its
    own witness.]
    """
    if not text.endswith("\n") or len(text.encode()) > MAX_QUORUM:
        refuse(where, f"lines ending in a newline, at most {MAX_QUORUM} bytes")
    reading = _Reading()
    for number, line in enumerate(text[:-1].split("\n"), first):
        reading.take(line, f"{where}, line {number}")
    if not reading.rule:
        refuse(where, "a quorum line", "none")
    return Quorum(tuple(reading.logs), tuple(reading.witnesses.values()), reading.groups, reading.rule, text)


class _Reading:
    """What was read of a policy so far."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.rule = ""
        self._members: set[str] = set()
        self._publics: set[bytes] = set()

    def take(self, line: str, where: str) -> None:
        if _FORBIDDEN.search(line):
            refuse(where, "no control characters but tab", line)
        fields = _WHITE.split(line.strip(" \t"))
        if fields[0] == "" or fields[0].startswith("#"):
            return
        known = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        if fields[0] not in known:
            refuse(where, "log, witness, group, quorum or a comment", fields[0])
        known[fields[0]](fields[1:], where)

    def _log(self, fields: list[str], where: str) -> None:
        if not 1 <= len(fields) <= 2:
            refuse(where, "log <vkey> [<url>]", f"{len(fields)} fields")
        self._limit(self.logs, where)
        self.logs.append(Party("", self._key(fields[0], _LOG_KINDS, where), *fields[1:]))

    def _witness(self, fields: list[str], where: str) -> None:
        if not 2 <= len(fields) <= 3:
            refuse(where, "witness <name> <vkey> [<url>]", f"{len(fields)} fields")
        self._limit(self.witnesses, where)
        self._define(fields[0], where)
        self.witnesses[fields[0]] = Party(fields[0], self._key(fields[1], COSIGNERS, where), *fields[2:])

    def _group(self, fields: list[str], where: str) -> None:
        if len(fields) < 3:
            refuse(where, "group <name> all|any|<k> <member>...", f"{len(fields)} fields")
        name, threshold, *members = fields
        self._limit(self.groups, where)
        self._define(name, where)
        for member in members:
            self._known(member, where)
            if member in self._members:
                refuse(where, "each name in one group at most, and once", member)
            self._members.add(member)
        self.groups[name] = Group(_threshold(threshold, len(members), where), tuple(members))

    def _quorum(self, fields: list[str], where: str) -> None:
        if len(fields) != 1 or self.rule:
            refuse(where, "one line quorum <name>, or none", "another" if self.rule else f"{len(fields)} fields")
        if fields[0] != NONE:
            self._known(fields[0], where)
        self.rule = fields[0]

    def _key(self, vkey: str, kinds: tuple[int, ...], where: str) -> Key:
        key = Key.parse(vkey, where)
        if key.kind not in kinds:
            refuse(where, f"a key of type {' or '.join(map(str, kinds))}", key.kind)
        if key.public in self._publics:  # whatever name it goes by
            refuse(where, "a key that no line before has", str(key)[:80])
        self._publics.add(key.public)
        return key

    def _define(self, name: str, where: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            refuse(where, "a name that is not taken", name)

    def _known(self, name: str, where: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            refuse(where, "a witness or group of a line before", name)

    def _limit(self, held: Collection[object], where: str) -> None:
        if len(held) >= MAX_OF_EACH:
            refuse(where, f"at most {MAX_OF_EACH} lines of a kind")


def _threshold(said: str, members: int, where: str) -> int:
    if said in ("all", "any"):
        return members if said == "all" else 1
    found = decimal(said, where, limit=members)
    if not found:
        refuse(where, f"all, any, or a number from 1 to {members}", said)
    return found


class Wanted(NamedTuple):
    """A witness to be named in a policy; of several keys any one is its word."""

    name: str
    keys: tuple[Key, ...]
    url: str = ""


def compose(logs: Iterable[Key], witnesses: Sequence[Wanted], enough: str = "all") -> str:
    """The text of a policy in which `enough` (all, any or a number) of the witnesses make the quorum.

    Without witnesses the quorum is none. What `parse` would refuse it refuses.
    """
    lines = [f"log {key}" for key in logs]
    for one in witnesses:
        lines += _witness_lines(one)
    rule = witnesses[0].name if len(witnesses) == 1 and enough in ("all", "any", "1") else NONE
    if witnesses and rule == NONE:
        rule = "enough-witnesses"
        lines.append(" ".join(["group", rule, enough, *(one.name for one in witnesses)]))
    text = "".join(f"{line}\n" for line in [*lines, f"quorum {rule}"])
    return parse(text, "policy to be written").text


def _witness_lines(one: Wanted) -> list[str]:
    """One line; for several keys one each and a group, so that they count once."""
    names = [one.name] if len(one.keys) == 1 else [f"{one.name}.{n}" for n in range(1, len(one.keys) + 1)]
    pairs = zip(names, one.keys, strict=True)
    lines = [" ".join(filter(None, ("witness", name, str(key), one.url))) for name, key in pairs]
    return lines if len(lines) == 1 else [*lines, f"group {one.name} any {' '.join(names)}"]
