"""`dvault disclose`: what is said is recorded; what is not said is defaulted, or said to be missing."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk, fields
from vault.records import parties

WHOLE = (
    '--purpose "licence" --basis "condition" --method email'
    ' --designation confidential --discloser "E GmbH" --person "A"'
)


def test_file_and_party_are_enough(clerk: Clerk) -> None:
    clerk.file("a.txt")
    said = clerk("disclose a.txt --to ganzhou")
    assert said.out == "T-000001\n"
    assert "Not stated: discloser, person, purpose, basis, method, designation." in said.err
    assert 'hint: dvault correct T-000001 --discloser "..." --person "..."' in said.err


def test_answer_for_people_is_that_of_the_contract(clerk: Clerk) -> None:
    clerk.file("EUC-4711.pdf", b"%" * 421_888)
    said = clerk(f"disclose EUC-4711.pdf --to ganzhou --onward mofcom --request R-1 --category end-use {WHOLE}")
    first, item, last = said.err.splitlines()
    assert first.startswith("T-000001  ")
    assert first.endswith("  to Ganzhou Magnet (CN)  onward Ministry of Commerce")
    digest = hashlib.sha256(b"%" * 421_888).hexdigest()[:6]
    assert item == f"  1  EUC-4711.pdf  412 KiB  sha256 {digest}…  end-use  confidential"
    assert last == "entry 7, signed m1; checkpoint 8. No NDA on file."


def test_json_is_one_line_of_the_promised_shape(clerk: Clerk) -> None:
    clerk.file("a.txt", b"x")
    said = clerk("disclose a.txt --to ganzhou --purpose p --json").json
    assert list(said) == ["transmittal", "entry", "time", "items", "warnings"]
    digest = hashlib.sha256(b"x").hexdigest()
    assert said["items"] == [{"id": "T-000001/1", "name": "a.txt", "size": 1, "sha256": digest}]
    assert said["time"].endswith("Z")
    assert said["warnings"][:2] == ["No NDA on file.", "not stated: discloser"]


def test_what_is_not_said_comes_from_the_vaults_defaults(clerk: Clerk, desk_config: Path) -> None:
    with desk_config.open("a") as config:
        config.write('purpose = "our licence"\nbasis = "law"\nmethod = "portal"\nperson = "Jane Doe"\n')
    clerk.file("a.txt")
    said = clerk("disclose a.txt --to ganzhou --method hand")
    assert "Not stated: discloser, designation." in said.err
    found = fields(clerk)
    assert (found["purpose"], found["method"], found["discloser.person"]) == ("our licence", "hand", "Jane Doe")


@pytest.fixture
def desk_config(clerk: Clerk) -> Path:
    """vault.toml, which ends in its [defaults]."""
    return clerk.folder / "vault" / "vault.toml"


@pytest.mark.parametrize(
    "line",
    ['purpos = "x"', 'designation = "secret"', "method = true", "purpose = 5.5", "purpose = [1]", 'to = "ganzhou"'],
)
def test_default_that_is_none_is_refused_by_name(clerk: Clerk, desk_config: Path, line: str) -> None:
    with desk_config.open("a") as config:
        config.write(f"{line}\n")
    clerk.file("a.txt")
    said = clerk("disclose a.txt --to ganzhou", code=2)
    assert "vault.toml: defaults" in said.err
    assert line.partition(" ")[0] in said.err


def test_several_recipients_are_recorded_each_once_in_their_relation(clerk: Clerk) -> None:
    clerk.file("a.txt")
    clerk("disclose a.txt --to ganzhou --to P-1 --via müller --onward uscc:91 --onward mofcom")
    found = fields(clerk)
    people = [(found[f"recipient.{n}.relation"], found[f"recipient.{n}.id"]) for n in (1, 2, 3)]
    assert people == [("to", "P-0001"), ("via", "P-0003"), ("onward", "P-0002")]
    assert "recipient.4.id" not in found


def test_matter_request_and_subject_are_linked(clerk: Clerk) -> None:
    clerk.file("a.txt")
    clerk("disclose a.txt --to ganzhou --matter 2026-117 --request R-1 --subject magneti:Inferable --subject S-1")
    found = fields(clerk)
    assert found["matter.number"] == "2026-117"
    assert found["request.scope"] == "beyond"
    assert found["subject.1.degree"] == "inferable"


def test_oral_disclosure_needs_no_file(clerk: Clerk) -> None:
    said = clerk(f'disclose --to ganzhou --narrative "showed line 3" --present "A, B" --language en {WHOLE}')
    assert "  1  no file: showed line 3  confidential" in said.err
    item = clerk("show T-1 --json").json["items"][0]
    assert item == {"id": "T-000001/1", "language": "en", "narrative": "showed line 3", "present": "A, B"}
    assert "was disclosed without a file" in clerk("get T-1", code=4).err


def test_files_stand_before_what_was_said(clerk: Clerk) -> None:
    clerk.file("a.txt")
    said = clerk('disclose a.txt --to ganzhou --narrative "and explained it" --json').json
    assert [item["name"] for item in said["items"]] == ["a.txt", None]


def test_fields_of_documents_are_recorded_for_each(clerk: Clerk) -> None:
    clerk.file("a.txt", b"a")
    clerk.file("b.txt", b"b")
    clerk("disclose a.txt b.txt --to ganzhou --language de --document-number D-1 --revision C --pages 3")
    for item in clerk("show T-1 --json").json["items"]:
        assert (item["language"], item["document-number"], item["revision"], item["pages"]) == ("de", "D-1", "C", 3)


def test_derived_document_names_its_source_by_item_or_hash(clerk: Clerk) -> None:
    clerk.file("a.txt", b"a")
    clerk.file("black.txt", b"b")
    clerk("disclose a.txt --to müller")
    clerk('disclose black.txt --to ganzhou --derived-from T-1/1 --derivation "redaction: prices"')
    digest = hashlib.sha256(b"a").hexdigest()
    assert clerk("show T-2 --json").json["items"][0]["derived-from"] == digest
    clerk(f"disclose black.txt --to ganzhou --derived-from {digest}")
    assert "names 0 documents" in clerk("disclose black.txt --to ganzhou --derived-from T-1/2", code=2).err
    assert "64 lower-case hex digits" in clerk("disclose black.txt --to ganzhou --derived-from abc", code=2).err


def test_like_repeats_the_fields_but_not_the_sending(clerk: Clerk) -> None:
    clerk.file("a.txt")
    first = f'{WHOLE} --category order --reference "42" --at "2025-01-05 10:00" --late-reason leave --nda N'
    clerk(f"disclose a.txt --to ganzhou --via müller --subject magneti:named --matter 2026-117 --request R-1 {first}")
    clerk('correct T-1 --purpose "renewal" --category order --category price --reason "said wrongly"')
    clerk("disclose a.txt --like T-1 --method portal")
    found = fields(clerk, "T-2")
    assert (found["purpose"], found["method"], found["category.2"], found["nda"]) == ("renewal", "portal", "price", "N")
    assert (found["subject.1.degree"], found["matter.id"], found["recipient.2.relation"]) == ("named", "M-0001", "via")
    assert not {"reference", "late-reason", "request.id"} & set(found)
    assert found["event-time-basis"] == "observed"


def test_like_with_other_recipients_repeats_none_of_the_old(clerk: Clerk) -> None:
    clerk.file("a.txt")
    clerk("disclose a.txt --to ganzhou --onward mofcom")
    clerk("disclose a.txt --to müller --like 1")
    assert "recipient.2.id" not in fields(clerk, "T-2")


def test_template_says_what_the_command_line_does_not(clerk: Clerk) -> None:
    clerk.file("papers/a.txt", b"a")
    clerk.file(
        "papers/template.toml",
        b'files = ["a.txt"]\nto = "ganzhou"\nonward = ["mofcom"]\npurpose = "from the file"\n'
        b'category = ["order", "price"]\npages = 3\nat = 2025-11-20T10:00:00+01:00\nlate_reason = "on leave"\n'
        b'time-basis = "estimated"\nall = true\n',
    )
    clerk("disclose --from papers/template.toml --purpose mine --request R-1")
    found = fields(clerk)
    assert (found["purpose"], found["category.2"], found["recipient.2.id"]) == ("mine", "price", "P-0002")
    assert (found["event-time"], found["event-time-basis"]) == ("2025-11-20T10:00:00+01:00", "estimated")
    assert clerk("show T-1 --json").json["items"][0]["pages"] == 3


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("colour = 'red'", "colour is not known"),
        (f"{'9' * 5_000} = 'red'", f"{'9' * 80} is not known"),
        ("to = 5.5", "to: expected one or more texts"),
        ("purpose = true", "purpose: expected text"),
        ("all = 'yes'", "all: expected true or false"),
        ("purpose = ['a', 'b']", "purpose: expected text"),
        ("yes = true", "yes is not known"),
        ("vault = '/'", "vault is not known"),
        ("to = ", "cannot be read"),
        ("to = " + "[" * 20_000, "cannot be read"),
        ("to = " + "9" * 5_000, "cannot be read"),
        ("at = 07:32:00", "at: expected text"),
        ("at = '03/04/2026'", "is no time"),
        ("designation = 'secret'", "--designation: expected one of"),
    ],
)
def test_template_that_makes_no_sense_is_refused_by_name(clerk: Clerk, toml: str, complaint: str) -> None:
    clerk.file("t.toml", toml.encode())
    clerk.file("a.txt")
    assert complaint in clerk("disclose a.txt --to ganzhou --from t.toml", code=2).err
    assert clerk("log").out == ""


def test_template_that_is_missing_is_not_found(clerk: Clerk) -> None:
    assert "t.toml does not exist" in clerk("disclose a.txt --to ganzhou --from t.toml", code=4).err


def test_dry_run_shows_and_writes_nothing(clerk: Clerk) -> None:
    clerk.file("a.txt")
    said = clerk("disclose a.txt --to ganzhou --purpose p --category order --dry-run")
    assert said.out == ""
    for line in (
        "to Ganzhou Magnet (CN)",
        "  1  a.txt  7 bytes",
        "  purpose     p",
        "No NDA on file.",
        "dry run: nothing",
    ):
        assert line in said.err
    assert clerk("log").out == ""


def test_dry_run_as_json_has_the_same_shape(clerk: Clerk) -> None:
    clerk.file("a.txt")
    said = clerk("disclose a.txt --to ganzhou --dry-run --json").json
    assert said["items"] == [{"id": None, "name": "a.txt", "size": 7, "sha256": None}]
    assert (said["transmittal"], said["entry"], said["time"]) == (None, None, None)


def test_authority_without_a_request_is_warned_of(clerk: Clerk) -> None:
    clerk.file("a.txt")
    assert "Ministry of Commerce is an authority and no --request is named." in clerk("disclose a.txt --to mofcom").err
    assert "authority" not in clerk("disclose a.txt --to mofcom --request R-1").err


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ("--to ganzhou", "No NDA on file."),
        ("--to müller", ""),
        ("--to müller --to ganzhou", "No NDA on file with Ganzhou Magnet."),
        ("--to ganzhou --nda 2026", ""),
        ("--to ganzhou --designation public", ""),
        ("--to mofcom --request R-1", ""),
    ],
)
def test_missing_agreement_is_warned_of(clerk: Clerk, options: str, warned: str) -> None:
    clerk.file("a.txt")
    said = clerk(f"disclose a.txt {options}").err
    assert warned in said
    assert ("NDA" in said) == bool(warned)


def test_word_nobody_uses_is_recorded_and_warned_of(clerk: Clerk) -> None:
    clerk.file("a.txt")
    said = clerk("disclose a.txt --to ganzhou --category oder --category workforce")
    assert "--category oder is no usual word: did you mean order?" in said.err


def test_late_entry_is_marked_and_its_reason_missed(clerk: Clerk) -> None:
    clerk.file("a.txt")
    said = clerk(f"disclose a.txt --to ganzhou --at 2025-01-05 {WHOLE}")
    assert "T-000001  5 Jan 2025  to" in said.err
    assert "Not stated: late-reason." in said.err
    assert fields(clerk)["late-reason"] == "not stated"
    assert "Not stated" not in clerk(f"disclose a.txt --to ganzhou --at 2025-01-05 --late-reason leave {WHOLE}").err


def test_future_is_refused(clerk: Clerk) -> None:
    clerk.file("a.txt")
    assert "lies in the future" in clerk('disclose a.txt --to ganzhou --at "2126-01-05 10:00"', code=2).err


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("disclose a.txt", 2, "say --to PARTY"),
        ("disclose --to ganzhou", 2, "name files, or say --narrative"),
        ("disclose - - --to ganzhou", 2, "name - once"),
        ("disclose a.txt --name b.txt --to ganzhou", 2, "--name goes with -"),
        ("disclose nowhere.txt --to ganzhou", 4, "nowhere.txt does not exist"),
        ("disclose a.txt --to nobody", 4, 'dvault party add "nobody" adds it'),
        ("disclose a.txt --to m", 2, "say the id"),
        ("disclose a.txt --to ganzhou --matter 9", 4, "no matter is called '9'"),
        ("disclose a.txt --to ganzhou --request R-9", 4, "R-0009 is not in this vault"),
        ("disclose a.txt --to ganzhou --subject nobody:named", 4, "no subject is called 'nobody'"),
        ("disclose a.txt --to ganzhou --present A", 2, "--present goes with --narrative"),
        ("disclose a.txt --to ganzhou --pages many", 2, "--pages: expected a whole number"),
        ("disclose a.txt --to ganzhou --like T-9", 4, "T-000009 is not in this vault"),
        ("disclose a.txt --to ganzhou --like P-1", 2, "names no transmittal"),
        ("disclose a.txt --to ganzhou --colour red", 2, "no such option"),
        ("disclose empty --to ganzhou", 2, "empty holds no files"),
        ("disclose /dev/null --to ganzhou", 2, "is no regular file"),
        ("disclose a.txt --to ganzhou --vault nowhere", 4, "no vault at nowhere"),
    ],
)
def test_wrong_use_says_what_and_what_next(clerk: Clerk, line: str, code: int, complaint: str) -> None:
    clerk.file("a.txt")
    (clerk.folder / "empty").mkdir()
    assert complaint in clerk(line, code=code).err


def test_void_party_gets_nothing(clerk: Clerk) -> None:
    clerk.file("a.txt")
    clerk("correct P-1 --void --reason duplicate")
    assert "P-0001 Ganzhou Magnet is void" in clerk("disclose a.txt --to P-1", code=2).err


@pytest.mark.parametrize("line", ["disclose a.txt --to P-1", "party add X", "correct P-1 --nda 5 --reason r"])
def test_clock_that_was_set_back_is_stopped_until_somebody_says_why(clerk: Clerk, line: str) -> None:
    with clerk.desk.opened() as archive:
        archive.clock = lambda: datetime.now(UTC) + timedelta(hours=1)
        archive.append([parties.draft("party", {"name": "from the future"})])
    clerk.file("a.txt")
    said = clerk(line, code=5)
    assert "is behind the last entry" in said.err
    assert "--clock-reason" in said.err
    clerk(f"{line} --clock-reason 'battery was empty'")
    with clerk.desk.opened() as archive:
        assert archive.read(8).values()["clock-reason"] == "battery was empty"


def test_vault_is_named_before_or_after_the_command(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DVAULT_VAULT")
    clerk("party list", code=4)
    assert clerk("--vault vault party list").out == clerk("party list --vault vault").out
    assert clerk("--vault nowhere party list --vault vault").out
    assert "no vault at nowhere" in clerk("--vault nowhere party list", code=4).err
