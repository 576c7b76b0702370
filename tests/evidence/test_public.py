"""Public lines: the table of kinds, and the fields a stranger judges signatures by. Most rejects are vectors."""

import re
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.ledgers import member_line, recipient, signer
from tests.vectors.example import FORMATS
from vault.evidence import public
from vault.evidence.public import MemberLine
from vault.evidence.strict import Malformed

ROOT = b64encode(bytes(32)).decode()
ROLES = st.just(["auditor"]) | st.lists(
    st.sampled_from([role for role in public.ROLES if role != "auditor"]), min_size=1, unique=True
)


@given(ROLES, st.booleans())
def test_member_reads_what_is_printed(roles: list[str], hybrid: bool) -> None:
    member = MemberLine("m7", frozenset(roles), signer("m7").key, recipient("m7", hybrid=hybrid))
    keyword, value = public.split(member.line)
    assert keyword == "member"
    assert public.parse_member(value, "entry") == member


def test_roles_are_printed_in_the_order_they_are_read() -> None:
    line = member_line("m2", "custodian,recorder,reader,checkpointer")
    assert public.parse_member(public.split(line)[1], "entry").line == line


def test_kinds_have_either_a_record_or_public_lines() -> None:
    assert public.KINDS.isdisjoint(public.RECORD_KINDS)
    assert len(public.KINDS | public.RECORD_KINDS) == 22


def test_lines_of_a_kind_read_as_values() -> None:
    assert public.parse_vrf(f"3 {ROOT}", "entry") == (3, bytes(32))
    assert public.parse_revocation("m2 17", "entry") == ("m2", 17)
    assert public.parse_root(f"17 {ROOT}", "entry") == (17, bytes(32))
    assert public.parse_continues(f"{'ab' * 32} 9 {ROOT}", "entry") == (b"\xab" * 32, 9, bytes(32))
    assert public.parse_approval(ROOT) == bytes(32)
    assert public.split("rule retention 10 years") == ("rule", "retention 10 years")


def test_fields_are_separated_by_exactly_one_space() -> None:
    for value in (f"17  {ROOT}", f" 17 {ROOT}", f"17 {ROOT} ", f"17\t{ROOT}", "17"):
        with pytest.raises(Malformed):
            public.parse_root(value, "entry")


@pytest.mark.parametrize(
    ("kind", "lines", "message"),
    [
        ("policy", ["rule a 1", "drill ok"], "only the lines of an entry of kind policy, in their order, found"),
        ("policy", ["drill ok"], "line `rule` 1 to 1000 times in an entry of kind policy, found 0"),
        ("key", [f"keyring {'0' * 64}"] * 2, "line `keyring` 1 times in an entry of kind key, found 2"),
        ("key", ["log x"], ", line log: expected <name>+<key id>+<base64>, found 'x'"),
        ("backup", ["size 9", f"objects 1 {'0' * 64}", "drill ok", "drill ok"], "line `drill` 0 or 1 times"),
        ("disclosure", ["note x"], "a record line in an entry of kind disclosure, found 'note x'"),
        ("policy", ["rule b 1", "rule a 1"], "lines `rule` sorted, each once"),
        ("index", [f"index 8 {ROOT}"], "a size of 9, found 8"),
        ("anchor", [f"checkpoint 10 {ROOT}", "worm x"], "a size of 1 to 9, found 10"),
    ],
)  # fmt: skip
def test_error_says_what_the_kind_wants(kind: str, lines: list[str], message: str) -> None:
    with pytest.raises(Malformed, match=re.escape(message)):
        public.check_lines(kind, 9, lines, "entry 9")


def test_at_most_a_thousand_lines_of_one_keyword() -> None:
    lines = [f"rule a.{number:05} x" for number in range(1001)]
    public.check_lines("policy", 9, lines[:1000], "entry 9")
    with pytest.raises(Malformed, match="1 to 1000 times"):
        public.check_lines("policy", 9, lines, "entry 9")


def test_at_most_a_thousand_of_lines_that_may_be_missing() -> None:
    lines = [f"remove m{number}" for number in range(1, 1002)]
    keyring = f"keyring {'0' * 64}"
    public.check_lines("key", 9, [*lines[:1000], keyring], "entry 9")
    with pytest.raises(Malformed, match=r"line `remove` 0 to 1000 times .*, found 1001"):
        public.check_lines("key", 9, [*lines, keyring], "entry 9")


def test_lines_of_an_unknown_kind_mean_nothing_here() -> None:
    public.check_lines("weather-report", 9, ["sky blue", "sky blue"], "entry 9")


def test_kinds_with_a_record_are_those_of_the_format_and_take_no_public_lines() -> None:
    text = (FORMATS / "entry.md").read_text("utf-8")
    listed = re.search(r"Kinds with a record, and no public lines: `([^`]+)`", text)
    assert listed
    assert set(listed[1].split()) == public.RECORD_KINDS
    for kind in public.RECORD_KINDS:
        with pytest.raises(Malformed, match=f"a record line in an entry of kind {kind}"):
            public.check_lines(kind, 1, ["word x"], "entry")


@pytest.mark.parametrize(("name", "fits"), [("m999999", True), ("m1000000", False), ("m0", False), ("x2", False)])
def test_members_are_numbered_from_1_to_999999(name: str, fits: bool) -> None:
    if fits:
        assert public.parse_revocation(f"{name} 0", "entry") == (name, 0)
    else:
        with pytest.raises(Malformed, match="a member's name like m2"):
            public.parse_revocation(f"{name} 0", "entry")


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (2, True), (32, True), (33, False)])
def test_keyword_of_a_line_has_1_to_32_letters(length: int, fits: bool) -> None:
    assert bool(re.fullmatch(public.LINE, "a" * length + " x")) == fits


@pytest.mark.parametrize("size", [31, 33])
def test_roots_have_32_bytes(size: int) -> None:
    root = b64encode(bytes(size)).decode()
    with pytest.raises(Malformed, match="32 bytes in base64"):
        public.parse_root(f"1 {root}", "entry")
    with pytest.raises(Malformed, match="32 bytes in base64"):
        public.parse_approval(root)
