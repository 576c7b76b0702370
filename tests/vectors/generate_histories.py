"""Ledgers as lists of entries, judged one after the other: who may sign, and what key entries may change."""

from collections.abc import Callable, Iterator
from dataclasses import replace
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
    "Whole ledgers, docs/format/ledger.md: `genesis` unless the case has its own, then `entries`, judged as entries 0, 1, "
    "2, ... of `origin`. expect is accept (nothing BROKEN) or reject; `faults` lists [where, verdict, state], in order. "
    "Keys are test keys; signatures hold unless the case says otherwise."
)
Made = tuple[str, str, Ledger]


def build() -> str:
    """The text of the vector file."""
    cases = [_case(*made) for make in (_good, _bad_signers, _bad_keys, _bad_members, _bad_places) for made in make()]
    return vectors.spell(ABOUT, cases, origin=ORIGIN, genesis=Ledger.founded().leaves[0].decode())


def _case(name: str, why: str, ledger: Ledger) -> vectors.Case:
    first, *rest = (leaf.decode() for leaf in ledger.leaves)
    faults = [[fault.where, fault.verdict, fault.state] for fault in examine(ledger.leaves)]
    broken = any(fault[2] == State.BROKEN for fault in faults)
    if broken != bool(why):
        raise AssertionError(f"{name}: {faults}")
    own = {} if first.encode() == Ledger.founded().leaves[0] else {"genesis": first}
    return {
        "name": name, "expect": "reject" if broken else "accept", "why": why, **own, "entries": rest, "faults": faults,
    }  # fmt: skip


def _made(*steps: Callable[[Ledger], object]) -> Ledger:
    ledger = Ledger.founded()
    for step in steps:
        step(ledger)
    return ledger


def _admit(name: str, roles: str) -> Callable[[Ledger], object]:
    return lambda ledger: ledger.admit(name, roles)


def _keys(*lines: str, by: str = "m1") -> Callable[[Ledger], object]:
    return lambda ledger: ledger.change_keys(*lines, by=by)


def _record(kind: str, by: str) -> Callable[[Ledger], object]:
    return lambda ledger: ledger.record(kind, [("purpose", "x")], by=by)


def _public(kind: str, by: str) -> Callable[[Ledger], object]:
    def step(ledger: Ledger) -> object:
        lines = {
            "index": [f"index {ledger.size} {base64_text(bytes(32))}"],
            "anchor": [f"checkpoint 1 {base64_text(ledger.fingerprint)}", "worm tape 9"],
            "backup": ["size 1", f"objects 3 {'0' * 64}"],
            "policy": ["rule approvals 2"],
            "approval": [f"approves {base64_text(bytes(32))}"],
            "key": [keyring_line("another")],
        }
        return ledger.public(kind, *lines[kind], by=by)

    return step


_STAFF = [
    _admit("m2", "recorder"), _admit("m3", "reader"), _admit("m4", "auditor"), _admit("m5", "checkpointer"),
]  # fmt: skip
_WRITERS, _KEEPERS, _CUSTODIAN = ("m1", "m2", "m3"), ("m1", "m5"), ("m1",)
_MAY = {
    "disclosure": _WRITERS, "correction": _WRITERS, "request": _WRITERS, "receipt": _WRITERS, "approval": _WRITERS,
    "weather-report": _WRITERS, "erasure": _CUSTODIAN, "hold": _CUSTODIAN, "policy": _CUSTODIAN, "key": _CUSTODIAN,
    "index": _KEEPERS, "anchor": _KEEPERS, "backup": _KEEPERS,
}  # fmt: skip
_LINES = ("policy", "approval", "key", "index", "anchor", "backup")


def _by(kind: str, name: str) -> Callable[[Ledger], object]:
    return _public(kind, name) if kind in _LINES else _record(kind, name)


def _good() -> Iterator[Made]:
    yield "genesis alone", "", _made()
    yield "a disclosure by the founder", "", _made(Ledger.disclose)
    for kind, may in _MAY.items():
        yield f"{kind} by {' and '.join(may)}", "", _made(*_STAFF, *(_by(kind, name) for name in may), Ledger.disclose)
    yield "a step back of the clock", "", _made(Ledger.disclose, _early)
    yield (
        "a new role",
        "",
        _made(*_STAFF[:1], _keys(member_line("m2", "custodian")), _by("policy", "m2"), Ledger.disclose),
    )
    yield (
        "another custodian, then the founder leaves",
        "",
        _made(_admit("m2", "custodian"), _keys("remove m1", by="m2")),
    )
    yield "who leaves keeps what he signed", "", _made(*_STAFF[:1], _record("disclosure", "m2"), _keys("remove m2"))
    yield (
        "new log keys and a new generation",
        "",
        _made(_keys(*log_lines(LaterLog(ORIGIN)), vrf_line(2)), _keys(vrf_line(3)), Ledger.disclose),
    )
    yield "two join at once", "", _made(_keys(member_line("m2", "recorder"), member_line("m3", "auditor")))
    yield "one joins, one leaves", "", _made(*_STAFF[:1], _keys(member_line("m3", "recorder"), "remove m2"))
    yield "a hybrid recipient", "", _made(_keys(_hybrid("m2")), _record("disclosure", "m2"))
    yield "a new keyring", "", _made(_keys())
    yield "revoked from the beginning", "", _made(
        *_STAFF[:1], _record("disclosure", "m2"), _record("disclosure", "m1"), _record("disclosure", "m2"),
        _keys("revoke m2 2"),
    )  # fmt: skip
    yield (
        "revoked from the last of two",
        "",
        _made(
            *_STAFF[:1], _record("disclosure", "m2"), _record("disclosure", "m2"), _keys("revoke m2 3"), Ledger.disclose
        ),
    )
    yield (
        "revoked after he left, and further back",
        "",
        _made(*_STAFF[:1], _record("disclosure", "m2"), _keys("remove m2"), _keys("revoke m2 3"), _keys("revoke m2 2")),
    )
    yield (
        "a founder revoked by the next custodian",
        "",
        _made(_admit("m2", "custodian"), Ledger.disclose, _keys("revoke m1 2", by="m2"), _record("disclosure", "m2")),
    )


def _hybrid(name: str) -> str:
    fields = member_line(name, "recorder").split(" ")
    return " ".join([*fields[:4], recipient(f"hybrid {name}", hybrid=True)])


def _early(ledger: Ledger) -> bytes:
    unsigned = ledger.entry_of("disclosure", ledger.build([("purpose", "x")]))
    return ledger.append(ledger.sign(replace(unsigned, time=START - timedelta(days=1))))


def _bad_signers() -> Iterator[Made]:
    staff = ("m1", "m2", "m3", "m4", "m5")
    for kind, may in _MAY.items():
        for name in staff:
            if name not in may:
                yield f"{kind} by {name}", f"{kind} is for {' and '.join(may)}", _made(*_STAFF, _by(kind, name))
    yield (
        "a disclosure by who joins next",
        "members before the entry count",
        _made(_record("disclosure", "m2"), _admit("m2", "recorder")),
    )
    yield (
        "who lets himself join",
        "members before the entry count",
        _made(_keys(member_line("m2", "custodian"), by="m2")),
    )
    yield (
        "a disclosure by who has left",
        "members before the entry count",
        _made(*_STAFF[:1], _keys("remove m2"), _record("disclosure", "m2")),
    )
    yield (
        "a disclosure by who was revoked",
        "a revocation removes",
        _made(*_STAFF[:1], _keys("revoke m2 2"), _record("disclosure", "m2")),
    )
    yield (
        "a disclosure under the former role",
        "roles before the entry count",
        _made(*_STAFF[:1], _keys(member_line("m2", "checkpointer")), _record("disclosure", "m2")),
    )
    yield "another key under the member's name", "the key given at joining", _made(*_STAFF[:1], _impostor)
    yield "another key under the member's name and key id", "the signature", _made(*_STAFF[:1], _forger)
    yield "the signature of another entry", "the signature", _made(*_STAFF[:1], Ledger.disclose, _replayed_signature)


def _impostor(ledger: Ledger) -> bytes:
    text = ledger.entry_of("disclosure", ledger.build([("purpose", "x")])).text
    other = Signer(f"{ORIGIN}/m2", "somebody else")
    return ledger.append(note.render(text, [other.sign(text)]))


def _forger(ledger: Ledger) -> bytes:
    text = ledger.entry_of("disclosure", ledger.build([("purpose", "x")])).text
    value = Signer(f"{ORIGIN}/m2", "somebody else").sign(text).value
    return ledger.append(note.render(text, [Signature(f"{ORIGIN}/m2", signer("m2").key.id, value)]))


def _replayed_signature(ledger: Ledger) -> bytes:
    text = ledger.entry_of("disclosure", ledger.build([("purpose", "x")])).text
    return ledger.append(note.render(text, note.parse(ledger.leaves[-1]).unverified_signatures))


def _bad_keys() -> Iterator[Made]:
    log, other = log_lines(Log(ORIGIN)), log_lines(LaterLog(ORIGIN))
    foreign = log_lines(Log("magnets.example/others"))
    own = f"vrf 2 {base64_text(signer('m1').key.public)}"
    yield "log keys under another name", "log keys are named after the origin", _made(_keys(*foreign))
    yield "the same log keys again", "a key is declared once", _made(_keys(*log))
    yield "one log key new, one old", "a key is declared once", _made(_keys(other[0], log[1]))
    yield "generation 3 after 1", "no gap", _made(_keys(vrf_line(3)))
    yield "generation 1 again", "no gap", _made(_keys(vrf_line(1)))
    yield (
        "the same index key as generation 2",
        "a key is declared once",
        _made(_keys(vrf_line(1).replace("vrf 1", "vrf 2"))),
    )
    yield "an index key of small order", "of prime order", _made(_keys(f"vrf 2 {base64_text(bytes(32))}"))
    yield "a member's key as index key", "a key is declared once", _made(_keys(own))
    yield (
        "a key entry that changes nothing",
        "it changes something",
        _made(lambda made: made.public("key", keyring_line("0"))),
    )
    yield (
        "a refused key entry changes nothing",
        "all of its lines hold, or none",
        _made(_keys(vrf_line(3), member_line("m2", "recorder")), _record("disclosure", "m2")),
    )


def _bad_members() -> Iterator[Made]:
    two, three = member_line("m2", "recorder"), member_line("m3", "recorder")
    yield "m3 after m1", "no gap", _made(_keys(three))
    yield "m2 comes back", "numbers are given once", _made(*_STAFF[:1], _keys("remove m2"), _keys(two))
    yield (
        "m2 comes back as m3 with his key",
        "a key is declared once",
        _made(*_STAFF[:1], _keys("remove m2"), _keys(_relabelled(3, 3, 2, 2))),
    )
    yield "m3 with the key of m1", "a key is declared once", _made(*_STAFF[:1], _keys(_relabelled(3, 3, 1, 3)))
    yield (
        "m3 with the recipient of m1",
        "a recipient is declared once",
        _made(*_STAFF[:1], _keys(_relabelled(3, 3, 3, 1))),
    )
    yield (
        "m2 with the log's key",
        "a key is declared once",
        _made(_keys(_with_public("m2", Log(ORIGIN).ed25519.key.public))),
    )
    yield (
        "m2 with the index key",
        "a key is declared once",
        _made(_keys(_with_public("m2", index_key(ORIGIN, 1).public))),
    )
    yield (
        "a member of another origin",
        "named after the origin",
        _made(_keys(member_line("m2", "recorder", "magnets.example/others"))),
    )
    yield (
        "a new key for m2",
        "the keys given at joining",
        _made(*_STAFF[:1], _keys(_with_public("m2", seed_point("new")))),
    )
    yield "a new recipient for m2", "the keys given at joining", _made(*_STAFF[:1], _keys(_hybrid("m2")))
    yield "m2 as before", "other roles", _made(*_STAFF[:1], _keys(two))
    yield "removing a stranger", "a member who is present", _made(_keys("remove m2"))
    yield "removing twice", "a member who is present", _made(*_STAFF[:1], _keys("remove m2"), _keys("remove m2"))
    yield "removing the last custodian", "a custodian is left", _made(*_STAFF, _keys("remove m1"))
    yield (
        "the last custodian becomes a reader",
        "a custodian is left",
        _made(*_STAFF, _keys(member_line("m1", "reader"))),
    )
    yield "joining and leaving at once", "a member in one line", _made(_keys(two, "remove m2"))
    yield "removing and revoking at once", "a member in one line", _made(*_STAFF, _keys("remove m2", "revoke m2 3"))
    yield "revoking a stranger", "a known member", _made(_keys("revoke m2 1"))
    yield "revoking what is to come", "up to the entry itself", _made(*_STAFF[:1], _keys("revoke m2 3"))
    yield "revoking oneself", "another custodian", _made(_admit("m2", "custodian"), _keys("revoke m1 1"))
    yield "a genesis of an auditor", "a custodian founds", _founded(member_line("m1", "auditor"))
    yield "a genesis of m2", "m1 founds", _founded(member_line("m2", "custodian"), by="m2")
    yield "a genesis signed by m2", "by the custodian it declares", _founded(member_line("m1", "custodian"), by="m2")
    yield "a genesis of generation 2", "generation 1", _founded(member_line("m1", "custodian"), vrf=vrf_line(2))


def seed_point(word: str) -> bytes:
    """A public key that nobody else has."""
    return Signer("x", word).key.public


def _relabelled(name: int, key_name: int, key: int, recipient_of: int) -> str:
    """A member line put together from the names, keys and recipients of several members."""
    public = signer(f"m{key}").key.public
    vkey = Key(f"{ORIGIN}/m{key_name}", 1, public)
    return f"member m{name} recorder {vkey} {recipient(f'{ORIGIN} m{recipient_of}')}"


def _with_public(name: str, public: bytes) -> str:
    return f"member {name} recorder {Key(f'{ORIGIN}/{name}', 1, public)} {recipient(f'{ORIGIN} {name}')}"


def _founded(member: str, by: str = "m1", vrf: str = "") -> Ledger:
    ledger = Ledger()
    ledger.public("genesis", *log_lines(ledger.log), vrf or vrf_line(1), member, keyring_line("0"), by=by)
    return ledger


def _bad_places() -> Iterator[Made]:
    yield "an entry of another vault", "the origin", _made(_of_another_vault)
    yield "an entry twice", "the number", _made(Ledger.disclose, lambda made: made.append(made.leaves[-1]))
    yield "an entry left out", "the number", _without(2)
    yield "two entries swapped", "the number", _swapped()
    yield "a number skipped", "the number", _made(lambda made: _misplaced(made, seq=made.size + 1))
    yield "another entry before", "previous", _made(lambda made: _misplaced(made, previous=bytes(32)))
    yield (
        "the entry before the last as previous",
        "previous",
        _made(Ledger.disclose, lambda made: _misplaced(made, previous=made.fingerprint)),
    )
    yield "a second genesis", "one genesis", _made(_second_genesis)
    yield "no entry at all", "an entry", _made(lambda made: made.append(b"nothing\n"), Ledger.disclose)


def _misplaced(ledger: Ledger, **changes: object) -> bytes:
    unsigned = ledger.entry_of("disclosure", ledger.build([("purpose", "x")]))
    return ledger.append(ledger.sign(replace(unsigned, **changes)))  # type: ignore[arg-type]  # a story, not a caller


def _of_another_vault(ledger: Ledger) -> None:
    other = Ledger.founded("magnets.example/others")
    other.disclose()
    ledger.append(other.leaves[1])


def _without(number: int) -> Ledger:
    ledger = _made(Ledger.disclose, Ledger.disclose, Ledger.disclose)
    del ledger.leaves[number]
    return ledger


def _swapped() -> Ledger:
    ledger = _made(Ledger.disclose, Ledger.disclose, Ledger.disclose)
    ledger.leaves[1:3] = ledger.leaves[2:0:-1]
    return ledger


def _second_genesis(ledger: Ledger) -> None:
    """It declares the next member as custodian, with his own key, and he goes on to sign."""
    lines = [*log_lines(LaterLog(ORIGIN)), vrf_line(2), member_line("m2", "custodian"), keyring_line("2")]
    unsigned = replace(ledger.next_entry("genesis", public_lines=tuple(lines)), seq=0, previous=merkle.EMPTY_ROOT)
    ledger.append(ledger.sign(unsigned, "m2"))
    ledger.disclose(by="m2")
