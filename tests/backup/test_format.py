"""docs/format/backup.md holds real bytes; its parsers take them and nothing beside them."""

from hashlib import sha256

import pytest

from tests.backup import examples
from vault.backup import headers, layout, listing, records
from vault.evidence.public import check_lines
from vault.evidence.strict import Malformed

BLOCKS = examples.read()


def test_examples_are_what_is_generated() -> None:
    text = examples.FORMAT.read_text("utf-8")
    assert examples.fill(text) == text


def test_example_names_are_those_of_the_layout() -> None:
    names = [line.split()[0] for line in BLOCKS["names"].splitlines()]
    spelled = [name.replace("<hex>", "a" * 64) for name in names]
    assert all(map(layout.is_ours, spelled))
    marked = {name for name, line in zip(spelled, BLOCKS["names"].splitlines(), strict=True) if "  replaced  " in line}
    assert marked == layout.REPLACED
    rolling = [name for name, line in zip(spelled, BLOCKS["names"].splitlines(), strict=True) if "rolling" in line]
    assert rolling == [layout.headers(300, "a" * 64)]


def test_example_objects_are_read_back() -> None:
    assert headers.parse(BLOCKS["headers"].encode(), "x") == examples.example_headers()
    assert listing.parse(BLOCKS["list"].encode(), "x") == examples.example_list()
    assert tuple(records.parse(bytes.fromhex(BLOCKS["records"]), 4, "x")) == examples.RECORDS


def test_example_lines_are_those_of_a_backup_entry_over_the_example_list() -> None:
    lines = BLOCKS["backup-lines"].splitlines()
    check_lines("backup", 3, lines, "entry 3")
    assert lines[1] == f"objects 2 {sha256(BLOCKS['list'].encode()).hexdigest()}"


HEADERS, LIST = BLOCKS["headers"], BLOCKS["list"]
WRAP_1, WRAP_3, HEADER = HEADERS.splitlines()[2:5]

BAD_HEADERS = {
    "another version": HEADERS.replace("headers/v1", "headers/v2"),
    "no origin": "disclosure-vault/headers/v1\n",
    "not ending in a newline": HEADERS[:-1],
    "wraps out of order": HEADERS.replace(f"{WRAP_1}\n{WRAP_3}\n", f"{WRAP_3}\n{WRAP_1}\n"),
    "a wrap twice": HEADERS.replace(f"{WRAP_1}\n", f"{WRAP_1}\n{WRAP_1}\n"),
    "two wraps of one entry": HEADERS.replace("wrap 3 1", "wrap 1 2"),
    "a header before a wrap": HEADERS.replace(f"{WRAP_3}\n{HEADER}\n", f"{HEADER}\n{WRAP_3}\n"),
    "a short wrap": HEADERS.replace("QEFCQ0RFRkdI", "QEFCQ0RF"),
    "a number with a zero before it": HEADERS.replace("wrap 1 1", "wrap 01 1"),
    "an empty header": HEADERS.replace("YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==", ""),
    "a payload in capitals": HEADERS.replace(HEADER.split(" ")[1], HEADER.split(" ")[1].upper()),
    "a segment that is none": HEADERS.replace("911659fa0c6f0f1b2a3d4c5e6f708192", "../../etc/passwd"),
    "another keyword": HEADERS.replace("header ", "footer "),
    "a control character": HEADERS.replace("wrap 1", "wrap\x001"),
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_headers_that_are_refused(name: str) -> None:
    assert BAD_HEADERS[name] != HEADERS
    with pytest.raises(Malformed):
        headers.parse(BAD_HEADERS[name].encode(), "x")


FIRST, SECOND = LIST.splitlines()[3:5]
BAD_LISTS = {
    "another version": LIST.replace("backup/v1", "backup/v0"),
    "no size": LIST.replace("size 3\n", ""),
    "not sorted": LIST.replace(f"{FIRST}\n{SECOND}", f"{SECOND}\n{FIRST}"),
    "an object twice": LIST.replace(FIRST, f"{FIRST}\n{FIRST}"),
    "one version with two sizes": LIST.replace(FIRST, f"{FIRST}\n{FIRST.replace(' 3445 ', ' 3446 ')}"),
    "no version": LIST.replace(" 3LgN0a ", "  "),
    "a size with a sign": LIST.replace(" 96 ", " +96 "),
    "not ending in a newline": LIST[:-1],
    "a line more": LIST + "\n",
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_lists_that_are_refused(name: str) -> None:
    assert BAD_LISTS[name] != LIST
    with pytest.raises(Malformed):
        listing.parse(BAD_LISTS[name].encode(), "x")


@pytest.mark.parametrize(
    ("data", "count"),
    [(b"", 1), (b"\0\0\0", 1), (b"\0\0\0\1", 1), (b"\0\0\0\1ab", 1), (b"\0\0\0\0", 2), (b"\xff\xff\xff\xff" * 9, 1)],
)
def test_bundles_of_records_that_are_refused(data: bytes, count: int) -> None:
    with pytest.raises(Malformed):
        records.parse(data, count, "x")


@pytest.mark.parametrize(
    "name",
    ["", "x", "checkpoints/0", "checkpoints/01", "checkpoints/", "lists/3-abc", "headers/3", "segments/xyz",
     "records/1", "records/000.p/0", "tile/8/000", "../checkpoint", "anchors/3/other", "settings/1"],
)  # fmt: skip
def test_names_that_are_none(name: str) -> None:
    assert not layout.is_ours(name)


def test_names_of_records_are_those_of_bundles() -> None:
    assert layout.records_of(0, 256) == "records/000"
    assert layout.records_of(1234, 7) == "records/x001/234.p/7"
    assert layout.size_of(layout.checkpoint_at(42)) == layout.size_of(layout.listing(42, "0" * 64)) == 42
