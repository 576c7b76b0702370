"""Statements of reports: one spelling, every other one refused; what patterns fit; what is sealed."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.mutations import mutations
from vault.evidence import statement
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.statement import Counts, Excluded, Patterns, Query, Selected, Statement, Withheld
from vault.evidence.strict import Malformed

GOOD = b"""disclosure-vault/report/v1
origin magnets.example/disclosures
made 2026-11-25T09:00:00.000000Z
by m1
checkpoint 12 /p/ezay+9ln7NDAzXTWKgEgMdiXD+GWDZZMzkQstQXA=
for Counsel LLP
purpose annual audit
filter party: Ganzhou Magnet
filter category: order
complete party-name:CN:ganzhou magnet
complete party:uscc:91
within class:order
since 2026-01-01T00:00:00.000000Z
until 2027-01-01T00:00:00.000000Z
designation confidential
designation public
chosen 1
chosen 4
withheld item.*.name trade-secret
withheld purpose privilege
transmittal 1 3
transmittal 4 8
excluded 5 outside-period
shown 8 35 2
span 2 10
later 3
documents 1 20
ledger no
"""
ROOT = bytes(range(32))
DAY = datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_it_reads_back() -> None:
    read = statement.parse(GOOD)
    assert str(read).encode() == GOOD
    assert read.selected == (Selected(1, 3), Selected(4, 8))
    assert read.counts == Counts(8, 35, 2, (2, 10), 3, 1, 20, False)
    assert read.query.since == datetime(2026, 1, 1, tzinfo=UTC)


LINES = GOOD.decode().split("\n")[:-1]
MANY = ("filter", "complete", "within", "designation", "chosen", "withheld", "transmittal", "excluded")
OPTIONAL = (*MANY, "for", "purpose", "since", "until", "span")


def spelled(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("place", range(len(LINES)))
def test_a_line_left_out_is_refused_unless_it_may_be(place: int) -> None:
    data = spelled([*LINES[:place], *LINES[place + 1 :]])
    if LINES[place].startswith(tuple(f"{word} " for word in OPTIONAL)):
        assert str(statement.parse(data)).encode() == data
    else:
        with pytest.raises(Malformed):
            statement.parse(data)


@pytest.mark.parametrize("place", range(len(LINES)))
def test_a_line_twice_or_later_is_refused(place: int) -> None:
    if not LINES[place].startswith("filter "):  # words: as they are said
        with pytest.raises(Malformed):
            statement.parse(spelled([*LINES[:place], LINES[place], *LINES[place:]]))
    with pytest.raises(Malformed):
        statement.parse(spelled([*LINES[:place], *LINES[place + 1 :], LINES[place], "x"]))
    if LINES[place] != LINES[-1]:
        with pytest.raises(Malformed):
            statement.parse(spelled([*LINES[:place], *LINES[place + 1 :], LINES[place]]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("report/v1", "report/v2"),
        ("by m1", "by m0"),
        ("by m1", "by m01"),
        ("by m1", "by 1"),
        ("by m1", "by m1 m2"),
        ("made 2026", "made 26"),
        ("00.000000Z", "00Z"),
        ("checkpoint 12 ", "checkpoint 012 "),
        ("checkpoint 12", "x 12"),
        ("QXA=", "QXA"),
        ("QXA=", "QXB="),
        ("for Counsel LLP", "for "),
        ("for Counsel LLP", "for"),
        ("for Counsel LLP", "for " + "x" * 4097),
        ("annual", "annual\t"),
        ("annual", "annual\r"),
        ("annual", "\x00"),
        (
            "complete party-name:CN:ganzhou magnet\ncomplete party:uscc:91",
            "complete party:uscc:91\ncomplete party-name:CN:a",
        ),
        ("party:uscc:91", "party:USCC:91"),
        ("party:uscc:91", "nonsense"),
        ("class:order", "class:Order"),
        ("complete party:uscc:91\n", "complete party:uscc:91\ncomplete-kind disclosure\n"),
        ("complete party-name:CN:ganzhou magnet\ncomplete party:uscc:91\n", "complete-kind party\n"),
        ("since 2026-01-01", "since 2026-13-01"),
        ("until 2027-01-01T00:00:00.000000Z", "until 2027-01-01"),
        ("designation confidential\ndesignation public", "designation public\ndesignation confidential"),
        ("chosen 1\nchosen 4", "chosen 4\nchosen 1"),
        ("chosen 1\n", "chosen 1\nchosen 1\n"),
        ("chosen 1", "chosen 01"),
        ("item.*.name", "Item.*.name"),
        ("item.*.name", "item..name"),
        ("item.*.name", "*.name"),
        ("trade-secret", "Trade"),
        ("trade-secret", "trade secret"),
        ("trade-secret", "x" * 33),
        ("privilege", "-x"),
        ("withheld purpose", "withheld item"),
        ("transmittal 4 8", "transmittal 4 3"),
        ("transmittal 4 8", "transmittal 1 8"),
        ("transmittal 4 8", "transmittal 4"),
        ("transmittal 4 8", "transmittal 4 8 9"),
        ("transmittal 4 8", "transmittal 4 -8"),
        ("excluded 5 outside-period", "excluded 5 Outside"),
        ("excluded 5 outside-period", "excluded 5"),
        ("excluded 5 outside-period", "excluded 5 outside-period\nexcluded 5 not-within"),
        ("shown 8 35 2", "shown 8 35"),
        ("shown 8 35 2", "shown 8 35 02"),
        ("span 2 10", "span 2"),
        ("later 3", "later"),
        ("later 3", "later +3"),
        ("documents 1 20", "documents 1"),
        ("ledger no", "ledger maybe"),
        ("ledger no", "ledger No"),
        ("ledger no\n", "ledger no"),
        ("ledger no\n", "ledger no\n\n"),
        ("later 3", "later 9223372036854775808"),
    ],
)
def test_other_spellings_are_refused(old: str, new: str) -> None:
    assert old in GOOD.decode()
    with pytest.raises(Malformed):
        statement.parse(GOOD.decode().replace(old, new, 1).encode())


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\n", GOOD[:-1], b"x" * (statement.MAX_STATEMENT + 1)])
def test_what_is_no_statement_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        statement.parse(data)


@given(mutations(GOOD))
def test_a_mutation_is_refused_or_says_something_else(data: bytes) -> None:
    try:
        read = statement.parse(data)
    except Malformed:
        return
    assert str(read).encode() == data


texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=40)
ascending = st.lists(st.integers(0, 10**6), max_size=5, unique=True).map(sorted).map(tuple)
instants = st.none() | st.datetimes(timezones=st.just(UTC))
terms = st.lists(
    st.integers(0, 99).map("party:vat:{}".format) | st.sampled_from(["class:a", "matter:mofcom:1", "entry:4"]),
    unique=True,
).map(lambda found: tuple(sorted(found, key=str.encode)))
reasons = st.from_regex(r"\A[a-z][a-z0-9-]{0,31}\Z")
patterns = st.from_regex(r"\A[a-z][a-z0-9-]{0,5}(\.(\*|[a-z0-9-]{1,5})){0,2}\Z")
queries = st.builds(
    lambda filters, complete, every, within, since, until, words, chosen: Query(
        tuple(filters), () if every else complete, every, within, since, until, tuple(sorted(words)), chosen
    ),
    st.lists(texts, max_size=3),
    terms,
    st.booleans(),
    terms,
    instants,
    instants,
    st.sets(texts, max_size=3),
    ascending,
)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    held = draw(st.dictionaries(patterns, reasons, max_size=4))
    numbers, seqs = draw(ascending), draw(ascending)
    digit = st.integers(0, 9)
    counts = draw(st.builds(Counts, *[digit] * 3, st.none() | st.tuples(digit, digit), *[digit] * 3, st.booleans()))
    return Statement(
        draw(st.datetimes(timezones=st.just(UTC))),
        f"m{draw(st.integers(1, 999))}",
        Checkpoint("a.example/b", 7, ROOT),
        draw(queries),
        tuple(Withheld(*one) for one in sorted(held.items())),
        tuple(map(Selected, numbers, seqs)),
        tuple(Excluded(seq, draw(reasons)) for seq in draw(ascending)),
        counts,
        draw(texts | st.just("")),
    )


@given(statements())
def test_whatever_is_stated_reads_back(one: Statement) -> None:
    assert statement.parse(str(one).encode()) == one


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("subject", "subject.1.name", True),
        ("subject", "subject", True),
        ("subject", "subjects.1", False),
        ("item.*.name", "item.12.name", True),
        ("item.*.name", "item.12.name-bytes", False),
        ("item.*.name", "item.x.name", False),
        ("item.*", "item.3", True),
        ("item.1", "item.12.name", False),
        ("item.*.name", "item.1", False),
        ("purpose", "purpose", True),
        ("term.3", "term.3", True),
    ],
)
def test_a_pattern_fits_a_name_or_its_beginning_up_to_a_dot(pattern: str, name: str, fits: bool) -> None:
    assert Withheld(pattern, "x").fits(name) is fits
    assert (Patterns([Withheld("a", "other"), Withheld(pattern, "x")]).reason(name) == "x") is fits


NAMES = st.lists(st.sampled_from(["a", "b", "1", "12", "a1"]), min_size=1, max_size=4).map(".".join)


@given(st.lists(st.lists(st.sampled_from(["a", "b", "1", "12", "*"]), min_size=1, max_size=4).map(".".join)), NAMES)
def test_many_patterns_say_what_the_first_that_fits_says(patterns: list[str], name: str) -> None:
    withheld = [Withheld(pattern, f"r{number}") for number, pattern in enumerate(patterns)]
    assert Patterns(withheld).reason(name) == next((one.reason for one in withheld if one.fits(name)), "")


def test_more_patterns_than_any_report_has_are_refused() -> None:
    """[Half a million, compared with each of a hundred thousand lines: hours.]"""
    one = statement.parse(GOOD)
    many = tuple(Withheld(f"a{number:04}", "x") for number in range(statement.MAX_PATTERNS + 1))
    assert statement.parse(str(one._replace(withheld=many[:-1])).encode()).withheld == many[:-1]
    with pytest.raises(Malformed, match="at most 4096"):
        statement.parse(str(one._replace(withheld=many)).encode())


def test_groups_say_who_about_whom_in_which_matter() -> None:
    query = Query(complete=("party-name:CN:a", "party:vat:1"), within=("class:x", "class:y", "matter:a:1"))
    assert statement.groups(query) == [
        {"party-name:CN:a", "party:vat:1"},
        {"class:x", "class:y"},
        {"matter:a:1"},
    ]
    assert statement.groups(Query()) == []


def test_the_seal_says_the_statement_and_the_hash() -> None:
    digest = sha256(b"manifest").digest()
    text = statement.sealed_text(statement.parse(GOOD), digest)
    assert statement.split_sealed(text) == (GOOD.decode(), digest)
    for other in (GOOD.decode(), text.upper(), text.replace("tagmanifest ", "tagmanifest  "), text[:-3] + "\n", ""):
        with pytest.raises(Malformed):
            statement.split_sealed(other)
