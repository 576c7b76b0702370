"""Ledgers as lists of entries, judged one after the other: who may sign, and what key entries may change."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from tests import vectors
from tests.evidence.ledgers import (
    ORIGIN,
    START,
    LaterLog,
    Ledger,
    examine,
    index_key,
    keyring_line,
    log_lines,
    member_line,
    recipient,
    signer,
    vrf_line,
)
from tests.evidence.signers import Log, Signer
from vault.evidence import merkle, note
from vault.evidence.note import Key, Signature
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State

ABOUT = (
    "Whole ledgers, docs/format/ledger.md: `genesis` unless the case has its own, then `entries`, judged as entries 0, "
    "1, 2, ... of `origin`. expect is accept (nothing BROKEN) or reject; `faults` are all [where, verdict, state], in "
    "any order. Keys are test keys; signatures hold unless the case says otherwise."
)
Step = Callable[[Ledger], object]
Made = Ledger | Sequence[Step]  # a whole ledger, or what happens in one after its genesis


def build() -> str:
    """The text of the vector file."""
    cases = [_case(name, made) for name, made in _good().items()]
    for bad in (_bad_signers, _bad_keys, _bad_members, _bad_revocations, _bad_founders, _bad_places):
        cases += [_case(name, made, why) for name, (why, made) in bad().items()]
    return vectors.spell(ABOUT, cases, origin=ORIGIN, genesis=Ledger.founded().leaves[0].decode())


def _case(name: str, made: Made, why: str = "") -> vectors.Case:
    ledger = made if isinstance(made, Ledger) else _played(made)
    first, *rest = (leaf.decode() for leaf in ledger.leaves)
    faults = [[fault.where, fault.verdict, fault.state] for fault in examine(ledger.leaves)]
    if any(state == State.BROKEN for _, _, state in faults) != bool(why):
        raise AssertionError(f"{name}: {faults}")
    own = {} if first.encode() == Ledger.founded().leaves[0] else {"genesis": first}
    head = {"name": name, "expect": "reject" if why else "accept", "why": why}
    return {**head, **own, "entries": rest, "faults": faults}


def _played(steps: Sequence[Step]) -> Ledger:
    ledger = Ledger.founded()
    for step in steps:
        step(ledger)
    return ledger


def _admit(name: str, roles: str) -> Step:
    return lambda ledger: ledger.admit(name, roles)


def _keys(*lines: str, by: str = "m1") -> Step:
    return lambda ledger: ledger.change_keys(*lines, by=by)


def _disclose(by: str = "m1") -> Step:
    return lambda ledger: ledger.disclose(by=by)


_LINES = ("policy", "approval", "key", "index", "anchor", "backup")


def _by(kind: str, name: str) -> Step:
    """An entry of any kind, signed by a member."""

    def step(ledger: Ledger) -> object:
        lines = {
            "index": [f"index {ledger.size} {base64_text(bytes(32))}"],
            "anchor": [f"checkpoint 1 {base64_text(ledger.fingerprint)}", "worm tape 9"],
            "backup": ["size 1", f"objects 3 {'0' * 64}"],
            "policy": ["rule approvals 2"],
            "approval": [f"approves {base64_text(bytes(32))}"],
            "key": [keyring_line("another")],
        }
        if kind in lines:
            return ledger.public(kind, *lines[kind], by=name)
        return ledger.record(kind, [("purpose", "x")], by=name)

    return step


_TWO = _admit("m2", "recorder")
_STAFF = [_TWO, _admit("m3", "reader"), _admit("m4", "auditor"), _admit("m5", "checkpointer")]
_NAMES = ("m1", "m2", "m3", "m4", "m5")
_WRITERS, _KEEPERS, _CUSTODIAN = ("m1", "m2", "m3"), ("m1", "m5"), ("m1",)
_MAY = {
    "disclosure": _WRITERS, "correction": _WRITERS, "request": _WRITERS, "receipt": _WRITERS, "approval": _WRITERS,
    "weather-report": _WRITERS, "erasure": _CUSTODIAN, "hold": _CUSTODIAN, "policy": _CUSTODIAN, "key": _CUSTODIAN,
    "index": _KEEPERS, "anchor": _KEEPERS, "backup": _KEEPERS,
}  # fmt: skip


def _good() -> dict[str, Made]:
    promoted = _keys(member_line("m2", "custodian"))
    both = _keys(member_line("m2", "recorder"), member_line("m3", "auditor"))
    renewed = _keys(*log_lines(LaterLog(ORIGIN)), vrf_line(2))
    return {
        "genesis alone": [],
        "a disclosure by the founder": [_disclose()],
        **{f"{kind} by {', '.join(may)}": [*_STAFF, *(_by(kind, name) for name in may)] for kind, may in _MAY.items()},
        "a step back of the clock": [_disclose(), _early],
        "a new role": [_TWO, promoted, _by("policy", "m2"), _disclose()],
        "the founder leaves": [_admit("m2", "custodian"), _keys("remove m1", by="m2"), _disclose("m2")],
        "who leaves keeps what he signed": [_TWO, _disclose("m2"), _keys("remove m2")],
        "new log keys and index keys": [renewed, _keys(vrf_line(3)), _disclose()],
        "two join at once": [both, _disclose()],
        "one joins, one leaves": [_TWO, _keys(member_line("m3", "recorder"), "remove m2"), _disclose("m3")],
        "a hybrid recipient": [_keys(_hybrid("m2")), _disclose("m2")],
        "a new keyring": [_keys(), _disclose()],
        "revoked from his first": [_TWO, _disclose("m2"), _disclose(), _disclose("m2"), _keys("revoke m2 2")],
        "revoked from his second": [_TWO, _disclose("m2"), _disclose("m2"), _keys("revoke m2 3"), _disclose()],
        "revoked, and further back": [_TWO, _disclose("m2"), _keys("revoke m2 3"), _keys("revoke m2 2")],
        "revoked after he left": [_TWO, _disclose("m2"), _keys("remove m2"), _keys("revoke m2 2")],
        "the founder revoked": [_admit("m2", "custodian"), _disclose(), _keys("revoke m1 2", by="m2")],
    }


def _hybrid(name: str, roles: str = "recorder") -> str:
    fields = member_line(name, roles).split(" ")
    return " ".join([*fields[:4], recipient(f"hybrid {name}", hybrid=True)])


def _early(ledger: Ledger) -> bytes:
    unsigned = ledger.entry_of("disclosure", ledger.build([("purpose", "x")]))
    return ledger.append(ledger.sign(unsigned._replace(time=START - timedelta(days=1))))


def _bad_signers() -> dict[str, tuple[str, Made]]:
    wrong: dict[str, tuple[str, Made]] = {
        f"{kind} by {name}": (f"{kind} is for {', '.join(may)}", [*_STAFF, _by(kind, name)])
        for kind, may in _MAY.items()
        for name in _NAMES
        if name not in may
    }
    before, key = "members before the entry count", "the key given at joining"
    demoted = _keys(member_line("m2", "checkpointer"))
    return wrong | {
        "a disclosure by who joins next": (before, [_disclose("m2"), _TWO]),
        "who lets himself join": (before, [_keys(member_line("m2", "custodian"), by="m2")]),
        "a disclosure by who has left": (before, [_TWO, _keys("remove m2"), _disclose("m2")]),
        "a disclosure by who was revoked": (before, [_TWO, _keys("revoke m2 2"), _disclose("m2")]),
        "a disclosure under a former role": ("roles before the entry count", [_TWO, demoted, _disclose("m2")]),
        "another key under his name": (key, [_TWO, _impostor]),
        "another key under his name and key id": ("the signature", [_TWO, _forger]),
        "the signature of another entry": ("the signature", [_TWO, _disclose(), _borrower]),
        "a key entry that nobody signed": ("it has no effect", [_unsigned_admission, _disclose("m2")]),
    }


def _text(ledger: Ledger) -> str:
    return ledger.entry_of("disclosure", ledger.build([("purpose", "x")])).text


def _impostor(ledger: Ledger) -> bytes:
    text = _text(ledger)
    return ledger.append(note.render(text, [Signer(f"{ORIGIN}/m2", "somebody else").sign(text)]))


def _forger(ledger: Ledger) -> bytes:
    text = _text(ledger)
    value = Signer(f"{ORIGIN}/m2", "somebody else").sign(text).value
    return ledger.append(note.render(text, [Signature(f"{ORIGIN}/m2", signer("m2").key.id, value)]))


def _borrower(ledger: Ledger) -> bytes:
    return ledger.append(note.render(_text(ledger), note.parse(ledger.leaves[-1]).unverified_signatures))


def _unsigned_admission(ledger: Ledger) -> bytes:
    text = ledger.next_entry("key", public_lines=(member_line("m2", "custodian"), keyring_line("1"))).text
    return ledger.append(note.render(text, note.parse(ledger.leaves[0]).unverified_signatures))


def _bad_keys() -> dict[str, tuple[str, Made]]:
    log, later = log_lines(Log(ORIGIN)), log_lines(LaterLog(ORIGIN))
    own = base64_text(signer("m1").key.public)
    once, gapless = "a key is declared once", "generations without a gap"
    return {
        "log keys of another log": ("named after the origin", [_keys(*log_lines(Log("magnets.example/others")))]),
        "the same log keys again": (once, [_keys(*log)]),
        "one log key new, one old": (once, [_keys(later[0], log[1])]),
        "generation 3 after 1": (gapless, [_keys(vrf_line(3))]),
        "generation 1 again": (gapless, [_keys(vrf_line(1))]),
        "generation 0": (gapless, [_keys(vrf_line(2).replace("vrf 2", "vrf 0"))]),
        "the same index key as generation 2": (once, [_keys(vrf_line(1).replace("vrf 1", "vrf 2"))]),
        "an index key of small order": ("of prime order", [_keys(f"vrf 2 {base64_text(bytes(32))}")]),
        "a member's key as index key": (once, [_keys(f"vrf 2 {own}")]),
        "a key entry that changes nothing": ("it changes something", [_idle]),
        "a refused key entry": ("all or nothing", [_keys(vrf_line(3), member_line("m2", "reader")), _disclose("m2")]),
    }


def _idle(ledger: Ledger) -> object:
    return ledger.public("key", keyring_line("0"))


def _bad_members() -> dict[str, tuple[str, Made]]:
    two, three = member_line("m2", "recorder"), member_line("m3", "recorder")
    once, gapless, joining = "a key is declared once", "numbers without a gap", "the keys given at joining"
    present, left, single = "a member who is present", "a custodian is left", "a member in one line"
    gone = [_TWO, _keys("remove m2")]
    foreign = member_line("m2", "recorder", "magnets.example/others")
    return {
        "m3 after m1": (gapless, [_keys(three)]),
        "m2 comes back": ("numbers are given once", [*gone, _keys(two)]),
        "m2 comes back as m3 with his keys": (once, [*gone, _keys(_mixed(key=2, recipient_of=2))]),
        "m3 with the key of m1": (once, [_TWO, _keys(_mixed(key=1, recipient_of=3))]),
        "m3 with the recipient of m1": (once, [_TWO, _keys(_mixed(key=3, recipient_of=1))]),
        "m2 with the log's key": (once, [_keys(_two_with(Log(ORIGIN).ed25519.key.public))]),
        "m2 with the index key": (once, [_keys(_two_with(index_key(ORIGIN, 1).public))]),
        "a member of another origin": ("named after the origin", [_keys(foreign)]),
        "m2 with a key named after m3": ("named <origin>/m2", [_keys(_misnamed())]),
        "a new key for m2": (joining, [_TWO, _keys(_two_with(Signer("x", "new").key.public, "reader"))]),
        "a new recipient for m2": (joining, [_TWO, _keys(_hybrid("m2", "reader"))]),
        "m2 as before": ("other roles", [_TWO, _keys(two)]),
        "removing a stranger": (present, [_keys("remove m2")]),
        "removing twice": (present, [*gone, _keys("remove m2")]),
        "removing the last custodian": (left, [*_STAFF, _keys("remove m1")]),
        "the last custodian becomes a reader": (left, [*_STAFF, _keys(member_line("m1", "reader"))]),
        "joining and leaving at once": (single, [_keys(two, "remove m2")]),
        "a new role and leaving at once": (single, [_TWO, _keys(member_line("m2", "reader"), "remove m2")]),
    }


def _mixed(key: int, recipient_of: int) -> str:
    """A line for m3 with the key of one member and the recipient of another."""
    vkey = Key(f"{ORIGIN}/m3", note.ED25519, signer(f"m{key}").key.public)
    return f"member m3 recorder {vkey} {recipient(f'{ORIGIN} m{recipient_of}')}"


def _misnamed() -> str:
    return " ".join(["member m2 recorder", str(signer("m3").key), recipient(f"{ORIGIN} m2")])


def _two_with(public: bytes, roles: str = "recorder") -> str:
    return f"member m2 {roles} {Key(f'{ORIGIN}/m2', note.ED25519, public)} {recipient(f'{ORIGIN} m2')}"


def _bad_revocations() -> dict[str, tuple[str, Made]]:
    second = _admit("m2", "custodian")
    return {
        "revoking a stranger": ("a known member", [_keys("revoke m2 1")]),
        "revoking what is to come": ("up to the entry itself", [_TWO, _keys("revoke m2 3")]),
        "revoking oneself": ("by another custodian", [second, _keys("revoke m1 1")]),
        "removing and revoking at once": ("a member in one line", [_TWO, _keys("remove m2", "revoke m2 2")]),
    }


def _bad_founders() -> dict[str, tuple[str, Made]]:
    founder = member_line("m1", "custodian")
    return {
        "a genesis of an auditor": ("a custodian founds", _founded(member_line("m1", "auditor"))),
        "a genesis of a checkpointer": ("a custodian founds", _founded(member_line("m1", "checkpointer"))),
        "a genesis of m2": ("m1 founds", _founded(member_line("m2", "custodian"), by="m2")),
        "a genesis signed by m2": ("by the custodian it declares", _founded(founder, by="m2")),
        "a genesis of generation 2": ("generation 1", _founded(founder, vrf=vrf_line(2))),
        "a genesis with one key for log and member": ("a key is declared once", _founded(_as_log(founder))),
    }


def _founded(member: str, by: str = "m1", vrf: str = "") -> Ledger:
    ledger = Ledger()
    ledger.public("genesis", *log_lines(ledger.log), vrf or vrf_line(1), member, keyring_line("0"), by=by)
    return ledger


def _as_log(member: str) -> str:
    vkey = Key(f"{ORIGIN}/m1", note.ED25519, Log(ORIGIN).ed25519.key.public)
    return " ".join([*member.split(" ")[:3], str(vkey), member.split(" ")[4]])


def _bad_places() -> dict[str, tuple[str, Made]]:
    three = [_disclose(), _disclose(), _disclose()]
    return {
        "an entry of another vault": ("the origin", [_foreign]),
        "an entry twice": ("the number", [_disclose(), lambda ledger: ledger.append(ledger.leaves[-1])]),
        "an entry left out": ("the number", [*three, lambda ledger: ledger.leaves.pop(2)]),
        "two entries swapped": ("the number", [*three, lambda ledger: ledger.leaves.insert(1, ledger.leaves.pop(2))]),
        "a number skipped": ("the number", [lambda ledger: _misplaced(ledger, seq=ledger.size + 1)]),
        "another entry before": ("previous", [lambda ledger: _misplaced(ledger, previous=bytes(32))]),
        "the entry before the last": (
            "previous", [_disclose(), lambda ledger: _misplaced(ledger, previous=ledger.fingerprint)],
        ),
        "a second genesis": ("one genesis", [_second_genesis]),
        "no entry at all": ("an entry", [lambda ledger: ledger.append(b"nothing\n"), _disclose()]),
    }  # fmt: skip


def _misplaced(ledger: Ledger, **changes: object) -> bytes:
    unsigned = ledger.entry_of("disclosure", ledger.build([("purpose", "x")]))
    return ledger.append(ledger.sign(unsigned._replace(**changes)))  # type: ignore[arg-type]  # changes one field


def _foreign(ledger: Ledger) -> object:
    """The next entry of another vault of the same members, and nothing wrong with it there."""
    other = Ledger.founded("magnets.example/others")
    other.disclose()
    return ledger.append(other.leaves[1])


def _second_genesis(ledger: Ledger) -> object:
    """It declares the next member as custodian, with his own key, and he goes on to sign."""
    lines = [*log_lines(LaterLog(ORIGIN)), vrf_line(2), member_line("m2", "custodian"), keyring_line("2")]
    unsigned = ledger.next_entry("genesis", public_lines=tuple(lines))._replace(seq=0, previous=merkle.EMPTY_ROOT)
    ledger.append(ledger.sign(unsigned, "m2"))
    return ledger.disclose(by="m2")
