"""`dvault proof` and `dvault verify` of what it made."""

from pathlib import Path

import pytest

from tests.cli.clerk import Clerk
from vault.evidence import receipt


def fingerprint(clerk: Clerk) -> str:
    return str(clerk("verify --json").json["fingerprint"])


@pytest.fixture
def made(logged: Clerk) -> Path:
    logged("proof T-1 -o .")
    return logged.folder / "T-000001.receipt"


def test_a_receipt_is_checked_without_a_key(made: Path, logged: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    known = fingerprint(logged)
    for name in ("DVAULT_IDENTITY", "DVAULT_PASSPHRASE_FILE", "DVAULT_VAULT"):
        monkeypatch.setenv(name, str(made / "none"))
    said = logged(f"verify {made} --fingerprint {known}")
    assert "order         PROVEN" in said.out
    assert "origin        NOT PROVEN" in said.out
    logged(f"verify {made}", code=1)
    logged(f"verify {made} --fingerprint {known} --require origin", code=1)
    assert made.stat().st_mode & 0o777 == 0o600


def test_it_shows_the_record_and_proves_where_it_is_filed(made: Path) -> None:
    read = receipt.parse(made.read_bytes())
    assert read.record.values()["purpose"] == "Lizenzantrag"
    assert len(read.filed) == read.record.term_count > 0


def test_lines_are_shown_and_withheld_as_asked(logged: Clerk) -> None:
    some = receipt.parse(logged("proof T-1 --reveal item --reveal purpose --withhold item.1.name").out.encode())
    shown = some.record.values()
    assert {"purpose", "item.1.sha256"} <= shown.keys()
    assert not {"item.1.name", "recipient.1.name"} & shown.keys()
    assert not any(name.startswith("term.") for name in shown)
    assert some.filed == ()
    other = receipt.parse(logged("proof T-1 --withhold term").out.encode())
    assert other.record.terms() == []
    assert other.record.values()["purpose"] == "Lizenzantrag"


def test_it_is_never_overwritten(made: Path, logged: Clerk) -> None:
    assert "exists" in logged("proof T-1 -o .", code=3).err


@pytest.mark.parametrize("lines", [1, 2, 5, 30], ids=["after the first line", "in a part", "elsewhere", "far on"])
@pytest.mark.parametrize("within", [0, 7], ids=["between lines", "within a line"])
def test_a_file_that_was_cut_is_told_as_cut_and_what_to_do(made: Path, logged: Clerk, lines: int, within: int) -> None:
    data = made.read_bytes()
    whole = b"".join(data.splitlines(keepends=True)[:lines])
    made.write_bytes(data[: len(whole) + within])
    said = logged(f"verify {made}", code=1)
    assert "note: the file seems to be cut off (truncated); nothing in it was checked: get it again, whole" in said.err
    assert said.lines[0].startswith("integrity     BROKEN")
    assert len(said.lines) == 5, "five verdicts, and no fingerprint of nothing"


@pytest.mark.parametrize(("size", "what"), [(0, "is empty (0 bytes)"), (9, "holds the beginning of a first line only")])
def test_a_file_of_which_hardly_anything_came_is_told_as_cut(made: Path, logged: Clerk, size: int, what: str) -> None:
    made.write_bytes(made.read_bytes()[:size])
    said = logged(f"verify {made}", code=1)
    assert f"{what}: it seems to be cut off (truncated)" in said.err
    assert "hint: get it again, whole" in said.err


def test_an_old_checkpoint_is_proven_and_a_foreign_one_refused(logged: Clerk) -> None:
    (logged.folder / "old").write_text(logged("checkpoint").out)
    logged("disclose a.txt --to ganzhou")
    known = fingerprint(logged)
    assert logged("proof --consistency old -o new.proof --json").json["file"] == "new.proof"
    said = logged(f"verify new.proof --fingerprint {known} --checkpoint old")
    assert "entries of the old checkpoint are the first of" in said.out
    text = (logged.folder / "old").read_bytes()
    (logged.folder / "foreign").write_bytes(text.replace(b"magnets.example", b"magnetz.example"))
    assert "is no checkpoint of this ledger" in logged("proof --consistency foreign", code=3).err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("proof T-1 --reveal nothing", 2, "has no line nothing"),
        ("proof T-9", 4, "T-000009 is not in this vault"),
        ("proof T-1 --consistency old", 2, "of a transmittal or of an old checkpoint"),
        ("proof --reveal purpose", 2, "of a transmittal or of an old checkpoint"),
        ("proof --consistency none", 4, "none is not there"),
        ("verify a.txt", 2, "is no proof that this program knows"),
    ],
)
def test_misuse_is_told(logged: Clerk, line: str, code: int, said: str) -> None:
    assert said in logged(line, code=code).err
