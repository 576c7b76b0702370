"""Signed notes: one spelling, known keys verified, strangers ignored."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import shared_data, vectors
from tests.evidence.mutations import mutations
from tests.evidence.signers import Log, Signer, witness
from tests.judges.golang import Judge
from vault.evidence import note
from vault.evidence.note import Key, Note, Signature
from vault.evidence.strict import Malformed

KNOWN = Signer("notes.example/known", "test note key")
TEXT = "first line\n第二行\n"
GOOD = note.render(TEXT, [KNOWN.sign(TEXT)])

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda name: "+" not in name and not any(c.isspace() or c < " " for c in name)
)
SIGNATURES = st.builds(Signature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n")).map(lambda text: text + "\n")


def data_of(case: vectors.Case) -> bytes:
    return case["note"].encode() if "note" in case else bytes.fromhex(case["note-hex"])


def open_note(data: bytes, vkey: str) -> None:
    note.verify(note.parse(data), Key.parse(vkey))


def outcome(data: bytes, vkey: str) -> str:
    try:
        open_note(data, vkey)
    except Malformed:
        return "reject"
    return "accept"


@pytest.mark.parametrize("case", vectors.read("notes"), ids=lambda case: case["name"])
def test_own_vectors_of_notes(case: vectors.Case) -> None:
    assert outcome(data_of(case), case["vkey"]) == case["expect"]


@pytest.mark.parametrize("case", vectors.read("vkeys"), ids=lambda case: case["name"])
def test_own_vectors_of_vkeys(case: vectors.Case) -> None:
    if case["expect"] == "accept":
        assert str(Key.parse(case["vkey"])) == case["vkey"]
    else:
        with pytest.raises(Malformed):
            Key.parse(case["vkey"])


# Go's decoder lets a bit pass that no byte needs, doesn't cap names, reads 100 lines, and of several lines by one key
# it looks at the first.
LAXER_IN_GO = {
    "a line of this kind: a bit that no byte needs",
    "a line of this kind: name of 256 bytes",
    "65 lines",
    "signed good, then changed",
}


def test_go_agrees_on_every_note_but_those_where_ours_is_stricter(go_judge: Judge) -> None:
    differ = set()
    for case in vectors.read("notes"):
        try:
            go_judge.note(case["vkey"], data_of(case))
            said = "accept"
        except AssertionError:
            said = "reject"
        if said != case["expect"]:
            differ.add(case["name"])
    assert differ == LAXER_IN_GO


@given(TEXTS, st.lists(SIGNATURES, min_size=1, max_size=4))
def test_parse_reads_what_render_writes(text: str, signatures: list[Signature]) -> None:
    parsed = note.parse(note.render(text, signatures))
    assert parsed == Note(text, tuple(signatures))
    assert bytes(parsed) == note.render(text, signatures)


@given(st.data())
def test_note_changed_in_one_place_is_refused_or_parses_to_another_value(choices: st.DataObject) -> None:
    changed = choices.draw(mutations(GOOD))
    try:
        parsed = note.parse(changed)
    except Malformed:
        return
    assert (parsed == note.parse(GOOD)) == (changed == GOOD)
    assert bytes(parsed) == changed


@given(st.data())
def test_changed_text_or_signature_never_verifies(choices: st.DataObject) -> None:
    changed = choices.draw(mutations(GOOD).filter(lambda data: data != GOOD))
    assert outcome(changed, str(KNOWN.key)) == "reject"


def test_text_ends_at_the_last_empty_line() -> None:
    assert note.parse(note.render("a\n\nb\n\n", [KNOWN.sign("x")])).text == "a\n\nb\n\n"


def test_note_is_at_most_as_long_as_its_limit() -> None:
    assert note.parse(GOOD, limit=len(GOOD)).text == TEXT
    with pytest.raises(Malformed, match="at most"):
        note.parse(GOOD, limit=len(GOOD) - 1)
    with pytest.raises(Malformed, match="at most 1048576 bytes"):
        note.parse(note.render("a" * (1 << 20) + "\n", [KNOWN.sign("x")]))


def test_every_line_that_claims_the_key_is_found_and_no_other() -> None:
    line, stranger = KNOWN.sign(TEXT), witness("w").sign(TEXT)
    other_id = Signature(line.name, b"\0\0\0\0", line.value)
    parsed = Note(TEXT, (line, stranger, other_id, line))
    assert note.signatures_by(parsed, KNOWN.key) == [line, line]


def test_verification_says_whose_signature_is_missing_or_bad() -> None:
    stranger = Signer("notes.example/stranger", "test stranger").key
    with pytest.raises(
        Malformed, match=rf"^entry 3: expected a signature by {stranger.name} \({stranger.id.hex()}\), found"
    ):
        note.verify(note.parse(GOOD), stranger, "entry 3")
    with pytest.raises(Malformed, match=r"^entry 3, signature of notes\.example/known: "):
        note.verify(Note("other\n", note.parse(GOOD).unverified_signatures), KNOWN.key, "entry 3")


@pytest.mark.parametrize("key", [witness("w").key, Log("log.example").ml_dsa.key])
def test_cosignature_key_verifies_no_note(key: Key) -> None:
    with pytest.raises(ValueError, match="cosignatures"):
        note.verify(note.parse(GOOD), key)


def test_key_id_is_the_hash_of_name_type_and_key() -> None:
    example = Key.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert example.id.hex() == "530d903a"
    same_key_other_use = Key(example.name, note.ED25519_COSIGNATURE, example.public)
    assert same_key_other_use.id != example.id
    assert Key("example.com/bar", example.kind, example.public).id != example.id


def test_keys_are_values() -> None:
    key = KNOWN.key
    assert key == Key(key.name, key.kind, key.public, "elsewhere")
    assert len({key, Key.parse(str(key))}) == 1
    with pytest.raises(FrozenInstanceError):
        key.id = b"\0\0\0\0"  # type: ignore[misc]  # that is the point


def test_no_key_exists_that_is_not_checked() -> None:
    with pytest.raises(Malformed, match=r"^genesis: expected an Ed25519 public key"):
        Key("log.example", note.ED25519, bytes(32), "genesis")
    with pytest.raises(Malformed, match=r"^key: expected an Ed25519 public key"):
        Key("log.example", note.ED25519_COSIGNATURE, bytes(32))
    with pytest.raises(Malformed, match="type 9, 32 bytes"):
        Key("log.example", 9, bytes(32))
    with pytest.raises(Malformed, match=r"^genesis: expected a name"):
        Key.parse(str(KNOWN.key).replace("/", " "), "genesis")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=3))
def test_names_hold_no_white_space_plus_or_control(name: str) -> None:
    spaces = {c for c in name if c.isspace() or c < " " or c == "+"}
    try:
        note.check_name(name, "name")
        assert not spaces
    except Malformed:
        assert spaces


@pytest.mark.parametrize("code", [c for c in range(0x110000) if chr(c).isspace()])
def test_no_white_space_that_python_knows_is_in_a_name(code: int) -> None:
    with pytest.raises(Malformed):
        note.check_name(f"a{chr(code)}b", "name")


@pytest.mark.parametrize("name", ["\ud800", "a\udfffb"])
def test_undecodable_argument_is_no_name(name: str) -> None:
    with pytest.raises(Malformed):
        note.check_name(name, "name")


def test_example_log_opens_under_its_key() -> None:
    folder = shared_data("tlog-example")
    vkey = (folder / "log.vkey").read_text().strip()
    for name in ("checkpoint", "checkpoint.100", "checkpoint.256"):
        open_note((folder / name).read_bytes(), vkey)


def test_note_has_at_most_a_mebibyte_where_nothing_else_is_said() -> None:
    line = note.render("", [KNOWN.sign(TEXT)])
    text = "x" * ((1 << 20) - len(line) - 1) + "\n"
    assert note.parse(text.encode() + line).text == text
    with pytest.raises(Malformed, match="at most 1048576 bytes"):
        note.parse(b"x" + text.encode() + line)
