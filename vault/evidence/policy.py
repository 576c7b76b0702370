"""The verifier's policy: what he knows from outside of a vault, and whom he believes. docs/format/policy.md.

```
disclosure-vault/policy/v1
fingerprint f4a9cf5145026ae2ad167d13793f0892d6e93b8276682cc49381b81201a0e98b
auditor auditor.example/a+5b8e7c1f+BLnB...
tsa MIIB...

log magnets.example/disclosures+b47823a2+ARI0...
witness w1 witness.example/w1+586d0b9a+BBQz...
quorum w1
```
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vault.evidence import note as notes
from vault.evidence.checkpoint import Checkpoint, parse_text, verify_cosignature
from vault.evidence.note import COSIGNERS, ED25519, Key, Note, signatures_by
from vault.evidence.quorum import NONE, Quorum
from vault.evidence.quorum import parse as parse_quorum
from vault.evidence.strict import base64_bytes, base64_text, hex_bytes, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/policy/v1"
MAX_POLICY = 2 << 20  # bytes
MAX_AUDITORS = MAX_ROOTS = 32
MAX_ROOT = 1 << 14  # bytes of a root certificate in DER

YEAR_9999 = 253_370_764_800  # POSIX seconds: beyond, and a little on, no calendar of ours can print

SECOND_HISTORY = "a second history was not ruled out"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: by whom (the name in the policy; an auditor's key name), when (POSIX seconds)."""

    name: str
    key: Key
    time: int


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What a policy says of one checkpoint, every signature named here having been verified.

    `logs` are the policy's log keys that signed. `set_aside` are cosignatures that hold and do not count, with why.
    `quorum_time` is when the quorum was complete, in POSIX seconds: None if it is not, or is `none`.
    """

    checkpoint: Checkpoint
    logs: tuple[Key, ...]
    witnesses: tuple[Cosignature, ...]
    auditors: tuple[Cosignature, ...]
    set_aside: tuple[tuple[str, str], ...]
    quorum_time: int | None
    missing: tuple[str, ...]
    caution: str = ""

    @property
    def earliest(self) -> int | None:
        """The earliest time, in POSIX seconds, at which a witness that counts cosigned; None without one."""
        return min((one.time for one in self.witnesses), default=None)


@dataclass(frozen=True, slots=True)
class Policy:
    """A read policy: the fingerprint (32 bytes), keys of auditors, root certificates in DER, logs and quorum."""

    fingerprint: bytes
    auditors: tuple[Key, ...]
    tsa_roots: tuple[bytes, ...] = field(repr=False)
    quorum: Quorum

    def __bytes__(self) -> bytes:
        """The one spelling of the head, and the text after it as it was given."""
        lines = [FORMAT, f"fingerprint {self.fingerprint.hex()}", *(f"auditor {key}" for key in self.auditors)]
        lines += [f"tsa {base64_text(root)}" for root in self.tsa_roots]
        return ("\n".join([*lines, "", ""]) + self.quorum.text).encode()

    def judge(self, note: Note, own: Sequence[Key] = (), where: str = "checkpoint") -> Cosigned:
        """Which of the policy's logs, witnesses and auditors signed the checkpoint in `note`, and whether it is enough.

        `own` are the keys of the log that the ledger declares: neither they nor any key named after the origin count.
        [The log cosigns its second history.] Lines of unknown keys are ignored. Raises `Malformed` for the whole note
        if a line of a known key does not hold.
        """
        checkpoint = parse_text(note.text, where)
        logs = tuple(party.key for party in self.quorum.logs if _log_signed(note, party.key, checkpoint, where))
        witnesses, aside = _sorted_out([(p.name, p.key) for p in self.quorum.witnesses], note, own, where)
        auditors, more = _sorted_out([(key.name, key) for key in self.auditors], note, own, where)
        time = self._complete_at(witnesses)
        met = self.quorum.is_met_by({one.name for one in witnesses})
        missing = [] if logs or not self.quorum.logs else ["no log of the policy signed it"]
        missing += [] if met else [f"the quorum {self.quorum.rule} is not met by {_counted(witnesses)}"]
        caution = SECOND_HISTORY if self.quorum.rule == NONE else ""
        aside_once = tuple(dict.fromkeys([*aside, *more]))
        return Cosigned(checkpoint, logs, witnesses, auditors, aside_once, time, tuple(missing), caution)

    def _complete_at(self, witnesses: Sequence[Cosignature]) -> int | None:
        if self.quorum.rule == NONE:
            return None
        in_order = sorted(witnesses, key=lambda one: one.time)
        counts = range(1, len(in_order) + 1)
        enough = (n for n in counts if self.quorum.is_met_by({one.name for one in in_order[:n]}))
        return next((in_order[n - 1].time for n in enough), None)


def _counted(witnesses: Sequence[Cosignature]) -> str:
    return ", ".join(one.name for one in witnesses) or "any cosignature"


def _log_signed(note: Note, key: Key, checkpoint: Checkpoint, where: str) -> bool:
    if key.name != checkpoint.origin or not signatures_by(note, key):
        return False
    if key.kind == ED25519:
        notes.verify(note, key, where)
    else:
        verify_cosignature(note, key, where)
    return True


def _sorted_out(
    known: Iterable[tuple[str, Key]], note: Note, own: Sequence[Key], where: str
) -> tuple[tuple[Cosignature, ...], list[tuple[str, str]]]:
    """The verified cosignatures that count, and those that do not, with why."""
    counted: list[Cosignature] = []
    aside: list[tuple[str, str]] = []
    publics, origin = {key.public for key in own}, note.text.split("\n")[0]
    for name, key in known:
        if not signatures_by(note, key):
            continue
        time = verify_cosignature(note, key, where)
        if key.public in publics or key.name == origin:
            aside.append((name, "it is the log's own key"))
        elif time == 0:
            aside.append((name, "its time is 0: it says nothing of having seen no larger tree"))
        elif time >= YEAR_9999:
            aside.append((name, f"its time, {time}, is not before the year 9999"))
        else:
            counted.append(Cosignature(name, key, time))
    return tuple(counted), aside


def parse(data: bytes, where: str = "policy") -> Policy:
    """Read a policy. Errors name the line. Raises `Malformed`."""
    if len(data) > MAX_POLICY:
        refuse(where, f"at most {MAX_POLICY} bytes", f"{len(data)} bytes")
    head_bytes, separator, rest = data.partition(b"\n\n")
    head = strict_text(head_bytes, where, limit=MAX_POLICY).split("\n")
    if head[0] != FORMAT:
        refuse(f"{where}, line 1", FORMAT, head[0])
    if not separator or not head[1:]:
        refuse(where, "a fingerprint line, auditors, TSA roots, an empty line and a C2SP tlog-policy")
    fingerprint = hex_bytes(_value("fingerprint", head[1], f"{where}, line 2"), f"{where}, line 2", size=32)
    auditors, roots = _believed(head[2:], where)
    try:
        text = rest.decode()
    except UnicodeDecodeError as exc:
        refuse(where, "UTF-8 text", f"byte {len(head_bytes) + 2 + exc.start}")
    quorum = parse_quorum(text, where, first=len(head) + 2)
    logs = {party.key.public for party in quorum.logs}
    for number, key in enumerate(auditors, 3):
        if key.public in logs:
            refuse(f"{where}, line {number}", "an auditor that is not the log", key.name)
    return Policy(fingerprint, auditors, roots, quorum)


def _believed(lines: Sequence[str], where: str) -> tuple[tuple[Key, ...], tuple[bytes, ...]]:
    auditors: dict[bytes, Key] = {}
    roots: dict[bytes, None] = {}
    for number, line in enumerate(lines, 3):
        place = f"{where}, line {number}"
        if line.startswith("auditor ") and not roots:
            key = Key.parse(_value("auditor", line, place), place)
            if key.kind not in COSIGNERS or key.public in auditors:
                refuse(place, "the key of a cosigner, each once", line[:80])
            auditors[key.public] = key
        else:
            root = _root(_value("tsa", line, place), place)
            if root in roots:
                refuse(place, "each root certificate once")
            roots[root] = None
        if len(auditors) > MAX_AUDITORS or len(roots) > MAX_ROOTS:
            refuse(place, f"at most {MAX_AUDITORS} auditors and {MAX_ROOTS} TSA roots")
    return tuple(auditors.values()), tuple(roots)


def _root(text: str, where: str) -> bytes:
    """One DER certificate by its frame: a SEQUENCE of a two-byte length and nothing after it. X.509 reads the rest."""
    root = base64_bytes(text, where)
    framed = len(root) > 4 and root[:2] == b"\x30\x82" and int.from_bytes(root[2:4], "big") == len(root) - 4
    if not framed or root[2] == 0 or len(root) > MAX_ROOT:
        refuse(where, f"a certificate in DER of 260 to {MAX_ROOT} bytes", f"{len(root)} bytes")
    return root


def _value(word: str, line: str, where: str) -> str:
    found, _, value = line.partition(" ")
    if found != word:
        refuse(where, f"a line {word}", line[:80])
    return value
