"""`dvault correct`: every field of every kind, and nothing twice; the log and searches say what holds."""

import json

import pytest

from tests.cli.clerk import Clerk
from vault.correcting import LINKS
from vault.records.draft import lines_of
from vault.records.fields import CLOCK, TABLE, Field, Type

SAMPLES = {
    Type.TEXT: "something else",
    Type.NUMBER: "7",
    Type.TIME: "2025-01-05 10:00",
    Type.DATE: "2027-01-05",
    Type.COUNTRY: "FR",
    Type.REGISTER: "LEI:5299",
    Type.HASH: "cd" * 32,
}
OBJECTS = {
    "disclosure": "T-1", "item": "T-1/1", "party": "P-1", "subject": "S-1", "matter": "M-1", "request": "R-1",
}  # fmt: skip


def sample(known: Field) -> str:
    return known.choices[-1] if known.choices else SAMPLES[known.type]


@pytest.mark.parametrize("kind", OBJECTS)
def test_every_field_that_people_type_can_be_corrected_at_once(logged: Clerk, kind: str) -> None:
    typed = [known for known in TABLE[kind] if known.option and known is not CLOCK]
    options = [part for known in typed for part in (f"--{known.option}", sample(known))]
    said = logged.run("correct", OBJECTS[kind], "--reason", "slip", *options)
    assert said.out.strip().isdigit()
    assert f"{logged(f'show {OBJECTS[kind]} --json').json['id']} corrected by entry" in said.err
    found = logged(f"show {OBJECTS[kind]} --json").json["fields"]
    for known in typed:
        if known.type is not Type.TIME:
            (line,) = lines_of(known, sample(known))
            assert found[line[0]] == line[1], known.name


@pytest.mark.parametrize("kind", OBJECTS)
def test_option_of_another_kind_is_refused_by_name(logged: Clerk, kind: str) -> None:
    own = {known.option for known in TABLE[kind]} | set(LINKS.get(kind, ()))
    foreign = next(o for o in ("country", "purpose", "number", "scope") if o not in own)
    said = logged(f"correct {OBJECTS[kind]} --reason r --{foreign} 1 --note n", code=2)
    assert f"has no --{foreign}" in said.err


def test_json_says_what_corrects_what(logged: Clerk) -> None:
    said = logged("correct T-1 --purpose new --reason slip --json").json
    assert list(said) == ["corrects", "entry", "time", "void"]
    assert (said["corrects"], said["entry"], said["void"]) == ("T-000001", 10, False)


def test_people_are_told_what_changed(logged: Clerk) -> None:
    said = logged("correct T-1 --category price --category forecast --purpose new --reason slip").err
    assert "  purpose: Lizenzantrag -> new" in said
    assert "  category.1: order -> price" in said
    assert "  category.2: nothing -> forecast" in said


def test_log_and_search_say_what_holds(logged: Clerk) -> None:
    logged('correct T-1 --purpose "Steuerprüfung" --reason slip')
    assert "Steuerprüfung" in logged("log").out
    assert len(logged('log --text "steuerprüfung"').lines) == 1
    assert logged("log --text lizenz").out  # what was said once is found as well


def test_links_are_corrected_and_the_log_follows(logged: Clerk) -> None:
    logged("correct T-1 --matter 2026-117 --request R-1 --subject magneti:named --reason forgotten")
    for option in ("--matter M-1", "--request R-1", "--subject S-1"):
        assert logged(f"log {option}").out
    logged('correct T-1 --matter "not stated" --subject "not stated" --reason "wrong one"')
    assert not logged("log --matter M-1").out
    assert [line[:8] for line in logged("log --subject S-1").lines] == ["T-000002"]
    assert len(logged("log --request R-1").lines) == 2


def test_request_is_put_to_its_matter_later(logged: Clerk) -> None:
    logged("correct R-1 --matter 2026-117 --reason forgotten")
    assert logged("show R-1 --json").json["fields"]["matter.id"] == "M-0001"


def test_value_is_taken_back(logged: Clerk) -> None:
    logged('correct T-1 --category "not stated" --purpose "not stated" --reason "was guessed"')
    found = logged("show T-1 --json").json["fields"]
    assert not {"category.1", "purpose"} & set(found)


def test_party_goes_by_its_new_alias_only(logged: Clerk) -> None:
    logged("correct P-2 --alias Shangwubu --reason 'another one is used'")
    assert "T-000004" in logged("disclose a.txt --to shangwubu --request R-1").out
    logged("log --party MOFCOM", code=4)


def test_corrected_party_is_what_new_records_repeat_and_old_ones_stay(logged: Clerk) -> None:
    logged('correct P-1 --name "Ganzhou Rare Earth" --country HK --reason renamed')
    logged("disclose a.txt --to P-1")
    assert logged("show T-1 --json").json["fields"]["recipient.1.name"] == "Ganzhou Magnet"
    assert logged("show T-4 --json").json["fields"]["recipient.1.country"] == "HK"
    assert len(logged("log --party P-1").lines) == 3


def test_corrected_time_was_stated(logged: Clerk) -> None:
    logged('correct T-2 --at "2025-02-05 10:00" --reason "sent by somebody else"')
    found = logged("show T-2 --json").json["fields"]
    assert (found["event-time"], found["event-time-basis"]) == ("2025-02-05T10:00:00+01:00", "stated")
    assert len(logged("log --until 2025-02-05").lines) == 2
    logged('correct T-2 --at "2126-01-05" --reason r', code=2)


def test_void_keeps_the_number_and_says_so(logged: Clerk) -> None:
    assert "T-000001 voided by entry 10" in logged("correct T-1 --void --reason 'not sent'").err
    assert logged("log").out.startswith("T-000001 (void)\t")
    assert json.loads(logged("log --json").lines[0])["void"] is True
    assert "VOID" in logged("show T-1").out
    assert logged("show T-1 --json").json["follow_ups"][0]["fields"]["void"] is True


@pytest.mark.parametrize("again", ["--void", "--purpose x"])
def test_what_is_void_stays_so(logged: Clerk, again: str) -> None:
    logged("correct T-1 --void --reason 'not sent'")
    assert "T-000001 is void already" in logged(f"correct T-1 {again} --reason r", code=2).err


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("correct T-1 --reason r", 2, "nothing is corrected"),
        ("correct T-1 --purpose x", 2, "missing option '--reason'"),
        ("correct T-1 --purpose x --reason ''", 2, "reason: expected some text"),
        ("correct T-1 --purpose Lizenzantrag --reason r", 2, "T-000001 says so already"),
        ("correct T-1 --void --purpose x --reason r", 2, "--void goes alone"),
        ("correct T-9 --purpose x --reason r", 4, "T-000009 is not in this vault"),
        ("correct T-1/2 --pages 3 --reason r", 4, "T-000001/2 is not in this vault"),
        ("correct P-9 --nda x --reason r", 4, "P-0009 is not in this vault"),
        ("correct Q-1 --nda x --reason r", 2, "names no transmittal"),
        ("correct T-1 --designation secret --reason r", 2, "--designation: expected one of"),
        ("correct T-1 --pages 3 --reason r", 2, "say which one, like T-000001/1"),
        ("correct T-1 --matter 9 --reason r", 4, "no matter is called"),
        ("correct S-1 --matter 9 --reason r", 2, "S-0001 has no --matter"),
    ],
)
def test_wrong_use_says_what_and_what_next(logged: Clerk, line: str, code: int, complaint: str) -> None:
    assert complaint in logged(line, code=code).err


def test_every_correction_is_found_by_all_who_are_concerned(logged: Clerk) -> None:
    logged("correct T-1 --subject magneti --reason forgotten")
    logged("correct T-1 --purpose new --reason slip")
    with logged.desk.opened() as archive:
        terms = archive.read(11).terms()
    assert "subject-name:IT:società magneti" in terms  # named by the first correction, not by the record itself
    assert "entry:7" in terms
    assert "party:uscc:91" in terms
    assert not [term for term in terms if term.startswith(("class:", "document:"))]


def test_corrected_vault_is_proven_and_rebuilds_the_same(logged: Clerk) -> None:
    logged("correct T-1 --purpose new --category price --subject magneti --reason slip")
    logged("correct T-1/1 --pages 3 --reason counted")
    before = logged("log --json").out
    logged("doctor --rebuild")
    assert logged("log --json").out == before
    logged("verify --documents")
