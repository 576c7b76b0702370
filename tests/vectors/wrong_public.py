"""Entries that are wrong in their kind, their public lines or the members in them, most of them in one thing only."""

from base64 import b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence.ledgers import ORIGIN, member_line, recipient, vrf_line
from tests.evidence.signers import witness
from tests.vectors.spelling_entries import (
    EMPTY,
    GENESIS,
    HEAD,
    HEX,
    KEYRING,
    PREVIOUS,
    RECORD,
    TAGS,
    TIME,
    TOKEN,
    TREE,
    Lines,
    case,
    hashed,
    note,
    public,
    with_line,
)
from vault.evidence.note import Signature


def cases() -> list[vectors.Case]:
    """All of them."""
    return [*_bad_kinds(), *_bad_public(), *_bad_sizes(), *_bad_members()]


def _bad_kinds() -> list[vectors.Case]:
    first = [*HEAD[:2], "0", "disclosure", TIME, RECORD, f"previous {EMPTY}"]
    genesis = public("genesis", *GENESIS, seq=0)
    bodies = {
        "entry 0 that is no genesis": (first, "m1", "entry 0 is the genesis"),
        "genesis as entry 17": (public("genesis", *GENESIS), "m1", "the genesis is entry 0"),
        "genesis after something": ([*genesis[:-1], PREVIOUS], "m1", "before entry 0 is the empty tree"),
        "genesis with a record": ([*HEAD[:2], "0", "genesis", TIME, RECORD, genesis[-1]], "m1", "public lines"),
        "key with a record": (with_line(4, "key"), "m1", "public lines"),
        "index with a record": (with_line(4, "index"), "m1", "public lines"),
        "approval with a record": (with_line(4, "approval"), "m2", "public lines"),
        "disclosure with public lines": (public("disclosure", "note late"), "m2", "a record"),
        "hold with public lines": (public("hold", "reason lawsuit"), "m1", "a record"),
        "an unknown kind with a line `record`": (public("weather-report", "record high"), "m2", "reserved"),
        "an unknown kind with a line `tag`": (public("weather-report", "sky blue", TAGS[0]), "m2", "reserved"),
        "an unknown kind with a line `previous`": (public("weather-report", "previous day"), "m2", "reserved"),
        "an unknown kind with a cosignature": (public("weather-report", "cosignature — sky blue"), "m2", "reserved"),
        "an unknown kind with a line `cosignature`": (public("weather-report", "cosignature x"), "m2", "reserved"),
        "an unknown kind with a bare word": (public("weather-report", "rain"), "m2", "a word and its values"),
        "an unknown kind with two spaces": (public("weather-report", "sky  blue"), "m2", "single spaces"),
        "an unknown kind with a space at the end": (public("weather-report", "sky blue "), "m2", "single spaces"),
        "an unknown kind beyond ASCII": (public("weather-report", "sky blåu"), "m2", "printable ASCII"),
        "an unknown kind with DEL": (public("weather-report", "sky \x7f"), "m2", "printable ASCII"),
        "an unknown kind with a capital": (public("weather-report", "Sky blue"), "m2", "a lower-case word"),
    }
    return [case(name, note(lines, by), why) for name, (lines, by, why) in bodies.items()]


def _bad_public() -> list[vectors.Case]:
    log, vrf, member = GENESIS[:2], GENESIS[2], GENESIS[3]
    two = member_line("m2", "recorder")
    joint = witness(ORIGIN).key
    cosigned = witness("witness.example/w1").cosign(f"{ORIGIN}\n16\n{hashed('root')}\n", 9)
    bare = str(cosigned).split(" ")[2]
    foreign, plus = (Signature(name, bytes(4), bytes(72)) for name in ("zeugé", "w+1"))
    plain = Signature("w", bytes(4), bytes(64))
    swapped = [member_line(name, "reader") for name in ("m10", "m9")]
    bodies: dict[str, tuple[str, Lines, str]] = {
        "genesis without log keys": ("genesis", [vrf, member, KEYRING], "both log keys"),
        "genesis with one log key": ("genesis", [log[0], vrf, member, KEYRING], "both log keys"),
        "genesis with the log keys swapped": ("genesis", [*log[::-1], vrf, member, KEYRING], "Ed25519 first"),
        "genesis with the Ed25519 key twice": ("genesis", [log[0], log[0], vrf, member, KEYRING], "one of each"),
        "genesis with a witness as log key": ("genesis", [log[0], f"log {joint}", vrf, member, KEYRING], "type 1, 6"),
        "genesis without an index key": ("genesis", [*log, member, KEYRING], "one vrf line"),
        "genesis with two index keys": ("genesis", [*log, vrf, vrf_line(2), member, KEYRING], "one vrf line"),
        "genesis without a member": ("genesis", [*log, vrf, KEYRING], "one member"),
        "genesis with two members": ("genesis", [*log, vrf, member, two, KEYRING], "one member"),
        "genesis without a keyring": ("genesis", [*log, vrf, member], "one keyring"),
        "genesis out of order": ("genesis", [vrf, *log, member, KEYRING], "the order of the table"),
        "genesis with a line more": ("genesis", [*GENESIS, "note first"], "only the lines of the table"),
        "genesis that removes": ("genesis", [*log, vrf, member, "remove m2", KEYRING], "only the lines of the table"),
        "genesis that continues nothing": ("genesis", [*GENESIS, f"continues {HEX} 0 {EMPTY}"], "one entry or more"),
        "genesis that continues base64": ("genesis", [*GENESIS, f"continues {EMPTY} 9 {EMPTY}"], "it is hex"),
        "key without a keyring": ("key", [two], "one keyring"),
        "key with two keyrings": ("key", [two, KEYRING, KEYRING], "one keyring"),
        "key with one log key": ("key", [log[0], KEYRING], "both log keys or none"),
        "key with members not sorted": ("key", [*swapped, KEYRING], "sorted by number"),
        "key with a member twice": ("key", [two, two, KEYRING], "each once"),
        "key with keyring before members": ("key", [KEYRING, two], "the order of the table"),
        "key that removes a person": ("key", ["remove anna", KEYRING], "m and a number"),
        "key that removes twice": ("key", ["remove m2", "remove m2", KEYRING], "each once"),
        "key that revokes without a number": ("key", ["revoke m2", KEYRING], "two fields"),
        "key that revokes from a time": ("key", [f"revoke m2 {TIME}", KEYRING], "a sequence number, not a time"),
        "key that revokes twice": ("key", ["revoke m2 3", "revoke m2 5", KEYRING], "each once"),
        "keyring in base64": ("key", [two, f"keyring {EMPTY}"], "64 hex digits"),
        "keyring in capitals": ("key", [two, f"keyring {HEX.upper()}"], "lower-case hex digits"),
        "vrf without a generation": ("key", [f"vrf {EMPTY}", KEYRING], "two fields"),
        "vrf of 31 bytes": ("key", [f"vrf 2 {b64encode(bytes(31)).decode()}", KEYRING], "32 bytes"),
        "index without a root": ("index", ["index 17"], "size and root"),
        "index with two roots": ("index", [f"index 17 {EMPTY}", f"index 17 {EMPTY}"], "one line"),
        "anchor without anything": ("anchor", [TREE], "a token, cosignature or worm line"),
        "anchor without a checkpoint": ("anchor", [TOKEN], "one checkpoint"),
        "anchor with a token in base64": ("anchor", [TREE, f"token {EMPTY}"], "64 hex digits"),
        "anchor with a token twice": ("anchor", [TREE, TOKEN, TOKEN], "each once"),
        "anchor with tokens not sorted": ("anchor", [TREE, f"token {'f' * 64}", TOKEN], "sorted"),
        "anchor with a bare cosignature": ("anchor", [TREE, f"cosignature {bare}"], "the whole line"),
        "anchor with a plain signature": ("anchor", [TREE, f"cosignature {plain}"], "a time and a signature"),
        "anchor with a cosigner beyond ASCII": ("anchor", [TREE, f"cosignature {foreign}"], "printable ASCII"),
        "anchor with a cosigner with a plus": ("anchor", [TREE, f"cosignature {plus}"], "a key name"),
        "anchor with worm before token": ("anchor", [TREE, "worm tape 9", TOKEN], "the order of the table"),
        "policy without rules": ("policy", ["note none"], "one rule or more"),
        "policy with a rule without a value": ("policy", ["rule approvals"], "rule <name> <value>"),
        "policy with a rule twice": ("policy", ["rule approvals 1", "rule approvals 2"], "each name once"),
        "policy with rules not sorted": ("policy", ["rule b 1", "rule a 1"], "sorted by name"),
        "policy with a name in capitals": ("policy", ["rule Approvals 2"], "a name in lower case"),
        "policy with a name of 65 characters": ("policy", [f"rule {'r' * 65} 2"], "at most 64"),
        "backup without objects": ("backup", ["size 17"], "one objects line"),
        "backup with a vague drill": ("backup", ["size 17", f"objects 1 {HEX}", "drill maybe"], "ok or failed"),
        "backup with objects in base64": ("backup", ["size 17", f"objects 1 {EMPTY}"], "64 hex digits"),
        "backup with objects below zero": ("backup", ["size 17", f"objects -1 {HEX}"], "a number"),
        "approval of nothing": ("approval", ["approves -"], "a root"),
        "approval of two": ("approval", [f"approves {hashed('1')}", f"approves {hashed('2')}"], "one line"),
        "approval with a tag": ("approval", [f"approves {hashed('1')}", TAGS[0]], "no tags beside public lines"),
    }  # fmt: skip
    return [
        case(name, note(public(kind, *lines, seq=0 if kind == "genesis" else 17), "m1"), why)
        for name, (kind, lines, why) in bodies.items()
    ]


def _bad_sizes() -> list[vectors.Case]:
    bodies = {
        "index of fewer entries": ("index", [f"index 16 {EMPTY}"], "an index covers all entries before it"),
        "index of itself": ("index", [f"index 18 {EMPTY}"], "an index covers all entries before it"),
        "anchor of nothing": ("anchor", [f"checkpoint 0 {EMPTY}", TOKEN], "one entry or more"),
        "anchor of what is not there": ("anchor", [f"checkpoint 18 {EMPTY}", TOKEN], "entries before it"),
        "backup of nothing": ("backup", ["size 0", f"objects 0 {HEX}"], "one entry or more"),
        "backup of what is not there": ("backup", ["size 18", f"objects 0 {HEX}"], "entries before it"),
    }
    return [case(name, note(public(kind, *lines), "m1"), why) for name, (kind, lines, why) in bodies.items()]


def _bad_members() -> list[vectors.Case]:
    good = member_line("m2", "recorder").split(" ")
    identity = Signature(f"{ORIGIN}/m2", b"", bytes([1, 1]) + bytes(31))  # type and the point (0, 1)
    key_id = sha256(f"{identity.name}\n".encode() + identity.value).digest()[:4].hex()
    no_key = f"{ORIGIN}/m2+{key_id}+{b64encode(identity.value).decode()}"
    fields = {
        "a person": (1, "anna", "m and a number"),
        "no role": (2, "", "one role or more"),
        "an unknown role": (2, "owner", "known roles"),
        "a role twice": (2, "recorder,recorder", "each once"),
        "roles in another order": (2, "reader,recorder", "custodian, recorder, reader, auditor, checkpointer"),
        "roles with a space": (2, "recorder, reader", "separated by commas"),
        "an auditor who records": (2, "recorder,auditor", "auditor stands alone"),
        "a witness key": (3, str(witness(f"{ORIGIN}/m2").key), "an Ed25519 key, type 1"),
        "a key with a wrong id": (3, good[3].replace("+a7", "+a8", 1), "the id right"),
        "the identity point as key": (3, no_key, "of prime order"),
        "a recipient in capitals": (4, good[4].upper(), "Bech32 in lower case"),
        "a recipient too short": (4, good[4][:-1], "58 characters"),
        "a recipient with a 1 in it": (4, good[4][:-1] + "1", "characters of Bech32"),
        "a hybrid recipient too short": (4, recipient("hybrid", hybrid=True)[:-1], "1,952 characters"),
        "a recipient of another sort": (4, f"age1tag1{'q' * 60}", "X25519 or mlkem768x25519"),
        "an identity in its place": (4, f"AGE-SECRET-KEY-1{'Q' * 58}", "a recipient"),
        "a field more": (4, f"{good[4]} x", "four fields"),
    }
    found = []
    for name, (place, value, why) in fields.items():
        line = " ".join([*good[:place], value, *good[place + 1 :]])
        found.append(case(f"member: {name}", note(public("key", line, KEYRING), "m1"), why))
    return found
