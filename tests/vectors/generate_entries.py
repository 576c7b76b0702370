"""Entries as bytes, most of them wrong in one thing only: every text is signed by the member it names."""

from base64 import b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence.ledgers import ORIGIN, log_lines, member_line, recipient, vrf_line
from tests.evidence.signers import Log, witness
from tests.vectors import misspelled_entries, wrong_public
from tests.vectors.spelling_entries import (
    GENESIS,
    GOOD,
    HEAD,
    HEX,
    KEYRING,
    PREVIOUS,
    RECORD,
    TOKEN,
    TREE,
    accept,
    hashed,
    public,
    with_line,
)
from vault.evidence.note import Signature

ABOUT = (
    "Entries of a ledger, docs/format/entry.md. `entry` is the whole note, `entry-hex` where it is not UTF-8. expect: "
    "accept (then what it says is given, hashes in base64) or reject, by its form alone. Nearly all signatures hold."
)


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(ABOUT, [*_good_entries(), *_good_public(), *misspelled_entries.cases(), *wrong_public.cases()])


def _good_entries() -> list[vectors.Case]:
    many = sorted(sha256(b"%d" % number).digest() for number in range(1200))
    full = [f"tag {b64encode(tag).decode()}" for tag in many]
    return [
        accept("a disclosure with eight tags", GOOD),
        accept("no tags", [*HEAD, RECORD, PREVIOUS]),
        accept("1,200 tags", [*HEAD, RECORD, *full, PREVIOUS]),
        accept("number 2^63 - 1", with_line(3, str(2**63 - 1))),
        accept("signed by m999999", GOOD, "m999999"),
        accept("the last microsecond of a leap day", with_line(5, "2028-02-29T23:59:59.999999Z")),
        accept("a year of four digits only by its zeros", with_line(5, "0001-01-01T00:00:00.000000Z")),
        accept("an unknown kind with a record", with_line(4, "weather-report")),
        accept("a kind of 32 characters", with_line(4, "k" * 32)),
    ]


def _good_public() -> list[vectors.Case]:
    cosignature = witness("witness.example/w1").cosign(f"{ORIGIN}\n16\n{hashed('root')}\n", 1_795_369_408)
    hollow = Signature("witness.example/w2", bytes(4), bytes(8 + 2420))
    old = f"continues {HEX} 9 {hashed('old')}"
    hybrid = " ".join([*member_line("m2", "reader").split(" ")[:4], recipient("hybrid", hybrid=True)])
    return [
        accept("genesis", public("genesis", *GENESIS, seq=0), "m1"),
        accept("genesis that continues a ledger", public("genesis", *GENESIS, old, seq=0), "m1"),
        accept("key: a member joins", public("key", member_line("m2", "recorder,reader"), KEYRING), "m1"),
        accept("key: a member with a hybrid recipient", public("key", hybrid, KEYRING), "m1"),
        accept(
            "key: everything at once",
            public(
                "key", *log_lines(Log(ORIGIN)), vrf_line(2), member_line("m9", "auditor"),
                member_line("m10", "checkpointer"), "remove m3", "remove m20", "revoke m4 9", "revoke m5 17", KEYRING,
            ),
            "m1",
        ),
        accept("index", public("index", f"index 17 {hashed('index')}"), "m1"),
        accept("anchor by a token", public("anchor", TREE, TOKEN), "m1"),
        accept("anchor by a cosignature", public("anchor", TREE, f"cosignature {cosignature}"), "m1"),
        accept("anchor by an ML-DSA-44 cosignature", public("anchor", TREE, f"cosignature {hollow}"), "m1"),
        accept("anchor by a WORM copy", public("anchor", TREE, "worm bucket a 2036-11-22"), "m1"),
        accept("policy", public("policy", "rule approvals 2", "rule retention.default 10 years"), "m1"),
        accept("backup", public("backup", "size 17", f"objects 0 {HEX}"), "m1"),
        accept("backup with a drill", public("backup", "size 1", f"objects 12 {HEX}", "drill failed"), "m1"),
        accept("approval", public("approval", f"approves {hashed('approved')}")),
        accept("an unknown kind with public lines", public("weather-report", "sky blue and clear", "wind 3")),
    ]  # fmt: skip
