"""`dvault report`: what it says before, what it prints, what it refuses, with which exit code."""

from pathlib import Path

import pytest

from tests.cli.clerk import Clerk
from tests.reports import reading


@pytest.fixture
def indexed(logged: Clerk) -> Clerk:
    """Entries 7 to 9 are transmittals, 10 is the index."""
    logged("checkpoint")
    return logged


def test_it_prints_path_and_counts(indexed: Clerk) -> None:
    said = indexed("report --party ganzhou --for 'Counsel LLP' --purpose audit -o out")
    path, counts = said.lines
    assert path == "out"
    assert counts.startswith("2 transmittals, 4 entries, ")
    assert counts.endswith("; checkpoint 11, entry 11")
    assert "complete for party-name:CN:ganzhou magnet; party:uscc:91" in said.err
    assert "hint: dvault verify out --fingerprint " in said.err
    statement = reading.statement(indexed.folder / "out")
    assert (statement.recipient, statement.purpose) == ("Counsel LLP", "audit")
    assert [one.number for one in statement.selected] == [1, 3]


def test_json_is_one_line_with_everything(indexed: Clerk) -> None:
    made = indexed("report --party ganzhou --category order --with-documents -o out.zip --json").json
    assert made["report"] == "out.zip"
    assert made["transmittals"] == ["T-000001"]
    assert made["excluded"] == [{"entry": 9, "reason": "not-within"}]
    assert (made["documents"], made["bytes"], made["entry"], made["stamps"]) == (1, 1, 11, 0)
    assert made["complete"] == ["party-name:CN:ganzhou magnet", "party:uscc:91"]
    assert made["within"] == ["class:order"]
    assert len(made["tagmanifest_sha256"]) == len(made["fingerprint"]) == 64
    assert reading.files(indexed.folder / "out.zip")["data/documents/000007-1-a.txt"] == b"a"


def test_a_dry_run_tells_and_leaves_no_trace(indexed: Clerk) -> None:
    before = indexed("log --json").out
    said = indexed("report --matter 2026-117 --withhold purpose=privilege --dry-run --json")
    assert "as of checkpoint 11; complete for matter:mofcom:2026-117" in said.err
    assert "matter: Licence E3" in said.err
    assert "transmittals: 1" in said.err
    assert "withheld: purpose (privilege), 1 line" in said.err
    assert "no time stamp is over 1 transmittal" in said.err
    assert "dry run: nothing was written or logged" in said.err
    assert said.json["report"] is said.json["entry"] is None
    assert said.json["withheld"] == [{"pattern": "purpose", "reason": "privilege"}]
    assert indexed("log --json").out == before
    assert indexed("report --matter M-1 --dry-run --json").json["checkpoint"] == 11


def test_it_says_where_numbers_are_the_owners_word(indexed: Clerk) -> None:
    word = "that the others were not chosen by their numbers is your word"
    assert word in indexed("report --party ganzhou --transmittal T-000001 --dry-run").err
    assert word not in indexed("report --party ganzhou --transmittal T-000001 --category order --dry-run").err
    assert word not in indexed("report --party ganzhou --dry-run").err
    assert word not in indexed("report --party ganzhou --transmittal T-000001 --with-ledger --for X --dry-run").err


def test_a_dry_run_appends_no_index(logged: Clerk) -> None:
    assert "no index yet" in logged("report --dry-run", code=3).err
    assert logged("report -o out").lines[0] == "out"
    assert "1 later entry not covered" in logged("report --dry-run").err


def test_what_cannot_be_complete_is_said_in_a_sentence(indexed: Clerk) -> None:
    said = indexed("report --since 2025-01-01 --until 2025-12-31 -o out")
    assert "what else there is, nobody can see" in said.err
    assert [one.number for one in reading.statement(indexed.folder / "out").selected] == [1]


def test_without_a_filter_it_is_of_all(indexed: Clerk) -> None:
    assert "all transmittals" in indexed("report -o out").err
    assert reading.statement(indexed.folder / "out").query.every


def test_subjects_are_revealed_by_name_only(indexed: Clerk) -> None:
    indexed("report --transmittal T-2 -o hidden")
    indexed("report --transmittal 2 --reveal subject -o open")
    name = "subject.1.name"
    assert name not in reading.shown(indexed.folder / "hidden")[8].values()
    assert reading.shown(indexed.folder / "open")[8].values()[name] == "Società Magneti"


def test_the_ledger_goes_to_a_name_and_what_it_tells_is_said(indexed: Clerk) -> None:
    assert "--for NAME" in indexed("report --with-ledger -o out", code=2).err
    said = indexed("report --with-ledger --for 'Dr. Expert' -o out")
    assert "Dr. Expert sees when anything was logged" in said.err
    assert "which entries share a term" in said.err
    assert (indexed.folder / "out/data/evidence/ledger/checkpoint").exists()


def test_a_name_that_commands_a_terminal_is_shown_inert(indexed: Clerk) -> None:
    said = indexed.run("report", "--with-ledger", "--for", "a\u202eb", "-o", "out")
    assert "\\u{202e}" in said.err
    assert "\u202e" not in said.err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("report", 2, "Usage"),
        ("report --party ganzhou", 2, "-o DIR or -o X.zip"),
        ("report --party nobody -o out", 4, "no party is called"),
        ("report --transmittal T-99 -o out", 4, "not in this vault"),
        ("report --transmittal T-1/1 -o out", 2, "names an item"),
        ("report --category 'No Word!' -o out", 2, "category"),
        ("report --designation very -o out", 2, "designation"),
        ("report --withhold nope -o out", 2, "no record has a field"),
        ("report --withhold purpose=Why -o out", 2, "is no reason"),
        ("report --reveal purpose -o out", 2, "shown unless it is withheld"),
        ("report --party ganzhou --withhold recipient -o out", 2, "withheld and asked for at once"),
        ("report --with-documents --withhold item.sha256 -o out", 2, "documents cannot go along"),
        ("report --since never -o out", 2, "is no time"),
        ("report -o a.txt", 3, "a.txt exists"),
        ("report -o none/out", 6, "cannot be written"),
        ("report --purpose 'for SOCIETÀ magneti' -o out", 2, "tells what is withheld"),
    ],
)
def test_misuse_is_told_and_writes_nothing(indexed: Clerk, line: str, code: int, said: str) -> None:
    before = sorted(path.name for path in indexed.folder.iterdir())
    found = indexed(line, code=code)
    assert said in " ".join((found.err + found.out).split())
    assert sorted(path.name for path in indexed.folder.iterdir()) == before
    assert indexed("report --dry-run --json").json["later"] == 0


def test_a_second_report_is_another_entry(indexed: Clerk) -> None:
    first, second = (indexed(f"report -o out{n} --json").json for n in (1, 2))
    assert (first["entry"], second["entry"]) == (11, 13)  # an index between them
    assert first["tagmanifest_sha256"] != second["tagmanifest_sha256"]


def test_who_may_not_open_documents_hands_out_none(indexed: Clerk, tmp_path: Path) -> None:
    """Without a content key."""
    from dataclasses import replace

    from vault.errors import Refused
    from vault.reports import making, preparing
    from vault.reports.asking import Asked
    from vault.reports.rules import Options

    with indexed.desk.opened() as archive:
        archive.secrets = replace(archive.secrets, content=())
        prepared = preparing.prepare(archive, Asked(), Options(documents=True))
        with pytest.raises(Refused, match="no content key"):
            making.make(archive, prepared, tmp_path / "out")
    assert not (tmp_path / "out").exists()
