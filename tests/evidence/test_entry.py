"""Entries: one spelling, one signature line, nothing beside the grammar."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tests.evidence.ledgers import ORIGIN, START, Ledger, examine, signer
from tests.evidence.mutations import mutations
from tests.judges.golang import Judge
from tests.vectors import example
from vault.evidence import ed25519, entry, merkle, note
from vault.evidence.entry import Entry
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State

LEAVES = example.ledger().leaves
DISCLOSURE = LEAVES[3]
GENESIS = entry.parse(LEAVES[0]).entry.public_lines

HASHES = st.binary(min_size=32, max_size=32)
KINDS = st.from_regex(r"x[a-z-]{0,31}", fullmatch=True)
LINES = st.from_regex(r"[a-oq-z][a-z-]{0,31}( [!-~]{1,20}){1,4}", fullmatch=True).filter(
    lambda line: line.split(" ")[0] not in ("record", "tag")
)
TIMES = st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    Entry, st.just(ORIGIN), st.integers(1, 2**63 - 1), KINDS, TIMES, HASHES, HASHES,
    st.sets(HASHES, max_size=9).map(lambda tags: tuple(sorted(tags))), st.just(()),
) | st.builds(
    Entry, st.just(ORIGIN), st.integers(1, 2**63 - 1), KINDS, TIMES, HASHES,
    record=st.none(), tags=st.just(()), public_lines=st.lists(LINES, min_size=1, max_size=5).map(tuple),
)  # fmt: skip


def leaf_of(case: vectors.Case) -> bytes:
    return case["entry"].encode() if "entry" in case else bytes.fromhex(case["entry-hex"])


def said(case: vectors.Case) -> Entry:
    """What an accepted vector says, in our own words."""
    root = case["record"]
    return Entry(
        case["origin"],
        case["seq"],
        case["kind"],
        datetime.fromisoformat(case["time"]),
        _decoded(case["previous"]),
        _decoded(root) if root else None,
        tuple(_decoded(tag) for tag in case["tags"]),
        tuple(case["lines"]),
    )


def _decoded(text: str) -> bytes:
    return b64decode(text, validate=True)


@pytest.mark.parametrize("case", vectors.read("entries"), ids=lambda case: case["name"])
def test_own_vectors_of_entries(case: vectors.Case) -> None:
    leaf = leaf_of(case)
    if case["expect"] == "reject":
        with pytest.raises(Malformed):
            entry.parse(leaf)
        return
    signed = entry.parse(leaf)
    assert signed.entry == said(case)
    assert b64encode(signed.hash).decode() == case["leaf-hash"]
    assert signed.entry.text.encode() == signed.text_bytes
    key = signer(case["signer"]).key
    assert (signed.unverified_signature.name, signed.unverified_signature.key_id) == (key.name, key.id)
    ed25519.verify(key.public, signed.text_bytes, signed.unverified_signature.value, "vector")


@pytest.mark.parametrize("case", vectors.read("entries"), ids=lambda case: case["name"])
def test_every_entry_is_a_signed_note(case: vectors.Case) -> None:
    if case["expect"] == "accept":
        signed, parsed = entry.parse(leaf_of(case)), note.parse(leaf_of(case))
        assert parsed == note.Note(signed.entry.text, (signed.unverified_signature,))


def test_go_opens_an_entry_as_a_note_of_its_member(go_judge: Judge) -> None:
    assert "disclosure-vault/entry/v1" in go_judge.note(signer("m2").key, DISCLOSURE)


@given(ENTRIES)
def test_parse_reads_what_is_printed(unsigned: Entry) -> None:
    signed = entry.sign(unsigned, signer("m2").sign(unsigned.text))
    assert signed.entry == unsigned
    assert entry.parse(signed.leaf) == signed
    assert note.render(signed.entry.text, [signed.unverified_signature]) == signed.leaf


@given(st.data(), st.sampled_from(LEAVES))
def test_changed_entry_is_refused_or_reads_as_what_it_is_now(choices: st.DataObject, leaf: bytes) -> None:
    changed = choices.draw(mutations(leaf))
    try:
        signed = entry.parse(changed)
    except Malformed:
        return
    assert (signed.hash == merkle.leaf_hash(leaf)) == (changed == leaf)
    assert note.render(signed.entry.text, [signed.unverified_signature]) == changed


@given(st.data(), st.integers(0, 3))
def test_changed_entry_breaks_its_ledger_even_as_the_last_one(choices: st.DataObject, number: int) -> None:
    changed = choices.draw(mutations(LEAVES[number]).filter(lambda leaf: leaf != LEAVES[number]))
    assert any(fault.state == State.BROKEN for fault in examine([*LEAVES[:number], changed]))


@given(st.binary(max_size=400) | st.text().map(str.encode))
def test_any_bytes_are_an_entry_or_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        entry.parse(data)


def test_hash_is_over_the_whole_note_and_the_signature_over_its_text() -> None:
    signed = entry.parse(DISCLOSURE)
    assert signed.leaf == DISCLOSURE
    assert signed.hash == sha256(b"\0" + DISCLOSURE).digest()
    assert signed.text_bytes + b"\n" + f"{signed.unverified_signature}\n".encode() == DISCLOSURE


def padded(size: int) -> bytes:
    """An entry of an unknown kind, of exactly so many bytes."""
    ledger = Ledger.founded()
    least = len(ledger.sign(ledger.next_entry("x", public_lines=("pad x",))))
    return ledger.sign(ledger.next_entry("x", public_lines=("pad x" + "x" * (size - least),)))


def test_entry_is_at_most_65535_bytes() -> None:
    assert len(padded(65_535)) == 65_535
    assert entry.parse(padded(65_535)).entry.kind == "x"
    with pytest.raises(Malformed, match="at most 65535 bytes, found '65536 bytes'"):
        entry.parse(padded(65_536))


@pytest.mark.parametrize("line", ["pad" + " x" * 30_000, "pad " + "x" * 60_000, "pad x\n" * 10_000])
def test_long_lines_that_end_wrong_are_refused_at_once(line: str) -> None:
    ledger = Ledger.founded()
    for end in ("\x7f", " ", "\né"):
        with pytest.raises(Malformed):
            entry.parse(ledger.note(ledger.next_entry("x", public_lines=(line + end,)).text))


def test_origin_is_as_long_as_its_members_names_allow() -> None:
    ledger = Ledger("o" * 252)
    assert entry.parse(ledger.sign(ledger.next_entry("genesis", public_lines=GENESIS))).entry.origin == ledger.origin
    longer = Ledger("o" * 253)
    text = longer.next_entry("genesis", public_lines=GENESIS).text
    signature = signer("m1").sign(text)._replace(name=f"{longer.origin}/m1")
    with pytest.raises(Malformed, match="a key name of at most 255 bytes, found '256 bytes'"):
        entry.parse(note.render(text, [signature]))


def test_printing_puts_the_time_into_utc_with_six_decimals() -> None:
    local = START.astimezone().replace(microsecond=0)
    assert Entry(ORIGIN, 1, "x", local, bytes(32), bytes(32)).text.split("\n")[4] == "2026-11-22T17:39:28.000000Z"


@pytest.mark.parametrize("lines", [("rule a 1\nrule b 2",), ("rule a 1", f"record {b64encode(bytes(32)).decode()}")])
def test_what_reads_back_otherwise_is_not_signed(lines: tuple[str, ...]) -> None:
    unsigned = Ledger.founded().next_entry("policy", public_lines=lines)
    with pytest.raises(Malformed):
        entry.sign(unsigned, signer("m1").sign(unsigned.text))


def test_what_would_not_be_read_is_not_signed() -> None:
    unsigned = Ledger.founded().next_entry("disclosure", record=bytes(32), tags=(b"b" * 32, b"a" * 32))
    with pytest.raises(Malformed, match="tags sorted"):
        entry.sign(unsigned, signer("m1").sign(unsigned.text))


@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        (DISCLOSURE.replace(b"/v1\n", b"/v2\n"), "the first line disclosure-vault/entry/v1, found '.*/v2'"),
        (DISCLOSURE.replace(b"\n3\n", b"\n03\n"), "a decimal number of at most 9223372036854775807, found '03'"),
        (DISCLOSURE.replace(b"\n3\n", b"\n3a\n"), "a sequence number, found '3a'"),
        (DISCLOSURE.replace(b"tag ", b"tags ", 1), "tags behind a record, or public lines .*, found 'tags "),
        (DISCLOSURE.replace(b"previous ", b"before "), "a last line `previous` with a hash in base64, found 'before "),
        (DISCLOSURE.replace(b"s/m2 ", b"s/x2 "), "a signature of 64 bytes by magnets.example/disclosures/m<n>, found"),
        (DISCLOSURE + f"{signer('m3').sign('x')}\n".encode(), "exactly one signature, found '2 signatures'"),
        (DISCLOSURE.replace(b"Z\nrecord", b"Z\nRecord"), "a record's hash, or public lines .*, found 'Record "),
        (b"X".join(DISCLOSURE.rsplit(b"tag ", 1)), "tags behind a record, or public lines .*, found 'X"),
        (LEAVES[0].replace(b"s/m1 yrV", b"s/x1 yrV"), "a signature of 64 bytes by .*/m<n>, found '.*/x1 yrV"),
        (LEAVES[0].replace(b"\nkeyring ", b"\nkeyring  "), "tags behind a record, or public lines .*, found 'keyring"),
    ],
)  # fmt: skip
def test_error_names_the_line_that_is_wrong(leaf: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=f"^entry 3: expected {message}"):
        entry.parse(leaf, "entry 3")
