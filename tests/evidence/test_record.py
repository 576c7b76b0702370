"""Records: salted lines, one spelling, a root that survives withholding."""

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tests.evidence.ledgers import salts
from tests.evidence.mutations import mutations
from tests.vectors import example
from vault.evidence import merkle, record
from vault.evidence.record import Line, Record, Value, Withheld
from vault.evidence.strict import Malformed

DISCLOSED = example.disclosed()
VALUES = st.text(st.characters(codec="utf-8")) | st.integers(0, 2**53 - 1) | st.booleans()
NAMES = st.lists(st.from_regex(r"f[a-z-]{1,9}(\.[a-z-]{1,9})?", fullmatch=True), min_size=1, max_size=12, unique=True)


@st.composite
def records(draw: st.DrawFn) -> Record:
    names = draw(NAMES)
    return record.build([(name, draw(VALUES)) for name in names], salts("hypothesis", len(names)))


def bytes_of(case: vectors.Case) -> bytes:
    return case["record"].encode() if "record" in case else bytes.fromhex(case["record-hex"])


@pytest.mark.parametrize("case", vectors.read("records"), ids=lambda case: case["name"])
def test_own_vectors_of_records(case: vectors.Case) -> None:
    if case["expect"] == "reject":
        with pytest.raises(Malformed):
            record.parse(bytes_of(case))
        return
    parsed = record.parse(bytes_of(case))
    assert [line.name for line in parsed.lines] == case["names"]
    assert b64encode(parsed.root).decode() == case["root"]
    assert b64encode(parsed.approved_root).decode() == case["approved-root"]
    assert record.render(parsed) == bytes_of(case)


@given(records())
def test_parse_reads_what_is_built(built: Record) -> None:
    assert record.parse(record.render(built)) == built


@given(records(), st.data())
def test_withholding_keeps_the_root_and_reads_back(built: Record, choices: st.DataObject) -> None:
    hidden = choices.draw(st.sets(st.sampled_from([line.name for line in built.lines])))
    shown = record.withhold(built, hidden)
    assert shown.root == built.root
    assert record.parse_shown(record.render_shown(shown)) == shown
    assert set(shown.values()) == set(built.values()) - hidden
    assert [line.name for line in shown.lines] == [line.name for line in built.lines]


@given(st.data())
def test_changed_record_is_refused_or_has_another_root(choices: st.DataObject) -> None:
    whole = record.render(DISCLOSED)
    changed = choices.draw(mutations(whole))
    try:
        parsed = record.parse(changed)
    except Malformed:
        return
    assert (parsed.root == DISCLOSED.root) == (changed == whole)
    assert record.render(parsed) == changed


@given(st.data())
def test_changed_shown_record_is_refused_or_has_another_root(choices: st.DataObject) -> None:
    whole = record.render_shown(record.withhold(DISCLOSED, ["purpose", "term.2"]))
    changed = choices.draw(mutations(whole))
    try:
        parsed = record.parse_shown(changed)
    except Malformed:
        return
    assert (parsed.root == DISCLOSED.root) == (changed == whole)


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_a_record_or_malformed(data: bytes) -> None:
    for parse in (record.parse, record.parse_shown):
        with pytest.raises(Malformed):
            parse(data)


def test_root_is_the_tree_over_name_and_hash_of_each_line() -> None:
    built = record.build([("a", "x"), ("b", 2), ("c", True)], bytes(range(48)))
    lines = [f'["{b64encode(bytes(range(at, at + 16))).decode()}",{rest}]' for at, rest in
             ((0, '"a","x"'), (16, '"b",2'), (32, '"c",true'))]  # fmt: skip
    assert [line.text for line in built.lines if isinstance(line, Line)] == lines
    inputs = [f"{name}\n{b64encode(sha256(line.encode()).digest()).decode()}\n".encode()
              for name, line in zip("abc", lines, strict=True)]  # fmt: skip
    a, b, c = (sha256(b"\0" + input_).digest() for input_ in inputs)
    assert record.leaf_inputs(built.lines) == inputs
    assert built.root == merkle.node_hash(merkle.node_hash(a, b), c)


def test_line_is_hashed_as_it_was_written() -> None:
    parsed = record.parse(record.render(DISCLOSED))
    assert parsed.lines == DISCLOSED.lines
    assert [line.text for line in parsed.lines if isinstance(line, Line)] == record.render(
        DISCLOSED
    ).decode().splitlines()


def test_same_values_under_other_salts_have_other_hashes() -> None:
    pairs: list[tuple[str, Value]] = [("recipient.1.country", "CN"), ("recipient.2.country", "CN")]
    one, two = record.build(pairs, salts("one", 2)), record.build(pairs, salts("two", 2))
    assert len({line.hash for built in (one, two) for line in built.lines}) == 4


@pytest.mark.parametrize("given", [b"", bytes(31), bytes(33), bytes(range(48)), bytes(16) * 2])
def test_each_line_wants_sixteen_bytes_of_salt_that_no_other_has(given: bytes) -> None:
    with pytest.raises(ValueError, match="2 lines need 16 bytes of salt each, no two of them equal"):
        record.build([("a", 1), ("b", 2)], given)


@pytest.mark.parametrize("value", [-1, 2**53, 1.5, None, "\ud800", ["x"], b"x"])
def test_what_no_reader_accepts_is_not_built(value: Value) -> None:
    with pytest.raises(Malformed, match=r"^record, line secret: "):
        record.build([("secret", value)], bytes(16))


def test_names_are_checked_when_building_too() -> None:
    with pytest.raises(Malformed, match="without a gap after `item`"):
        record.build([("item.2.size", 1)], bytes(16))
    with pytest.raises(Malformed, match="one approved line or more"):
        record.build([], b"")
    with pytest.raises(Malformed, match="each term once"):
        record.build([("term.1", "class:price"), ("term.2", "class:price")], salts("x", 2))


def test_slip_in_a_name_to_withhold_does_not_show_the_line() -> None:
    with pytest.raises(ValueError, match=r"no such lines to withhold: discloser\.persn"):
        record.withhold(DISCLOSED, ["purpose", "discloser.persn"])


def test_withholding_twice_changes_nothing_more() -> None:
    once = record.withhold(DISCLOSED, ["purpose"])
    assert record.withhold(once, ["purpose"]) == once
    assert once.lines[3] == Withheld("purpose", DISCLOSED.lines[3].hash)


def test_record_with_withheld_lines_is_not_rendered_as_whole() -> None:
    with pytest.raises(ValueError, match="render_shown"):
        record.render(record.withhold(DISCLOSED, ["purpose"]))


def test_terms_are_counted_shown_or_not() -> None:
    shown = record.withhold(DISCLOSED, ["term.1", "term.3", "purpose"])
    assert DISCLOSED.terms() == [shown.values().get(f"term.{n}", DISCLOSED.terms()[n - 1]) for n in range(1, 7)]
    assert len(shown.terms()) == 4
    assert shown.term_count == DISCLOSED.term_count == 6


def test_approved_root_leaves_out_approvals_and_sending() -> None:
    first = [line for line in DISCLOSED.lines if not line.name.startswith(("approval.", "event-time", "reference"))]
    assert len(first) == len(DISCLOSED.lines) - 4
    assert DISCLOSED.approved_root == Record(tuple(first)).root != DISCLOSED.root


def test_neither_repr_nor_error_shows_what_a_record_says() -> None:
    assert "Anna Rossi" not in repr(DISCLOSED)
    whole = record.render(DISCLOSED)
    sha256 = str(DISCLOSED.values()["item.1.sha256"]).encode()
    for broken in (
        whole.replace(b'Anna Rossi"', b'Anna Rossi" '),
        whole.replace(b"Anna Rossi", b"Anna\tRossi"),
        whole.replace(b'"discloser.person","Anna Rossi"', b'"discloser.person","Anna Rossi",1'),
        whole.replace(b'"party:uscc:', b'"party:USCC:'),
        whole.replace(b'.sha256","' + sha256[:8], b'.sha256","' + sha256[:8].upper()),
    ):
        with pytest.raises(Malformed) as caught:
            record.parse(broken)
        assert caught.value.found == ""
        assert caught.value.__cause__ is None
        assert "Anna" not in str(caught.value)


def test_salt_is_no_part_of_an_error() -> None:
    with pytest.raises(Malformed, match=r"^record, line 1: expected a salt of 16 bytes in base64$"):
        record.parse(b'["eFAsp8T6rjAUpLgyjgUqbh==","purpose","x"]\n')


def test_line_is_at_most_16_mib_in_bytes() -> None:
    frame = len('["AAAAAAAAAAAAAAAAAAAAAA==","note",""]')
    fits = "é" * ((record.MAX_LINE - frame) // 2)
    assert len(record.render(record.build([("note", fits)], bytes(16)))) in (record.MAX_LINE, record.MAX_LINE + 1)
    with pytest.raises(Malformed, match="a line of at most 16777216 bytes"):
        record.build([("note", fits + "é")], bytes(16))
    with pytest.raises(Malformed, match="a line of at most 16777216 bytes"):
        record.parse(f'["AAAAAAAAAAAAAAAAAAAAAA==","note","{fits}é"]\n'.encode())


def test_record_has_at_most_100000_lines() -> None:
    pairs: list[tuple[str, Value]] = [(f"a{number}", True) for number in range(100_001)]
    salt = salts("many", 100_001)
    whole = record.render(record.build(pairs[1:], salt[16:]))
    assert len(record.parse(whole).lines) == 100_000
    with pytest.raises(Malformed, match="at most 100000 lines"):
        record.build(pairs, salt)
    with pytest.raises(Malformed, match="at most 100000 lines"):
        record.parse(whole + b'["AAAAAAAAAAAAAAAAAAAAAA==","b",true]\n')


def test_record_of_more_than_64_mebibytes_is_refused() -> None:
    long = "x" * (15 << 20)
    with pytest.raises(Malformed, match="at most 67108864 bytes"):
        record.build([(f"a.{number}", long) for number in range(1, 6)], bytes(range(80)))
    with pytest.raises(Malformed, match="at most 67108864 bytes"):
        record.parse(b"x" * ((64 << 20) + 1))
