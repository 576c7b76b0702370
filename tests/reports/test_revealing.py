"""What is withheld can be found nowhere in a bundle: not in a record, a term, a file name, not by its hash."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.reports import bundles, reading
from tests.reports.bundles import PARTY
from vault.archive import Archive
from vault.errors import Misuse
from vault.evidence.statement import Statement
from vault.reports import preparing, rules
from vault.reports.asking import Asked
from vault.reports.rules import Options


def hiding(*said: str, **more: object) -> Options:
    return Options(withheld=tuple(map(rules.parse, said)), **more)  # type: ignore[arg-type]


def refuse_found(path: Path, *values: str) -> None:
    """Search every file, and every name of one, for each value and for its plain hash."""
    for name, data in reading.files(path).items():
        if name in ("data/verify.py", "data/HOW-TO-VERIFY.md"):
            continue
        whole = (name.encode() + b"\n" + data).lower()
        for value in values:
            for spelled in {value, value.casefold(), sha256(value.encode()).hexdigest()}:
                assert spelled.encode().lower() not in whole, (name, value)


def withheld(path: Path) -> dict[str, str]:
    return {one.pattern: one.reason for one in reading.statement(path).withheld}


def fit(statement: Statement, path: Path) -> None:
    """Every withheld line of what is not excluded fits a pattern."""
    outside = {one.seq for one in statement.excluded}
    for seq, record in reading.shown(path).items():
        hidden = {line.name for line in record.lines} - record.values().keys()
        if seq not in outside and record.values().get("corrects") not in outside:
            assert all(any(one.fits(name) for one in statement.withheld) for name in hidden), seq


def test_another_client_is_found_nowhere(desk: Desk, folder: Path) -> None:
    """He is the subject of T-3, and the correction of T-1 calls him by name."""
    made = bundles.sample(desk, folder, "party")
    refuse_found(made.path, "Società Magneti", "S-0001", "subject-name:IT:società magneti", "inferable")
    assert withheld(made.path) == dict.fromkeys(("purpose", "subject.1", "term.3"), "other-client")
    fit(reading.statement(made.path), made.path)


@pytest.mark.parametrize("name", bundles.QUERIES)
def test_whatever_is_withheld_fits_a_pattern(desk: Desk, folder: Path, name: str) -> None:
    path = bundles.sample(desk, folder, name).path
    fit(reading.statement(path), path)
    counts = reading.statement(path).counts
    records = reading.shown(path).values()
    assert counts.lines == sum(len(record.values()) for record in records)
    assert counts.lines + counts.withheld == sum(len(record.lines) for record in records)


def test_a_subject_that_was_asked_for_is_shown(desk: Desk, folder: Path) -> None:
    path = bundles.sample(desk, folder, "subject").path
    assert withheld(path) == {}
    assert "Società Magneti" in reading.shown(path)[9].values().values()


def test_who_is_revealed_is_shown(desk: Desk, folder: Path) -> None:
    path = bundles.sample(desk, folder, "revealed").path
    assert reading.shown(path)[9].values()["subject.1.name"] == "Società Magneti"
    assert withheld(path) == {}


def test_one_field_of_subjects_is_revealed_and_their_terms_are_not(desk: Desk, folder: Path) -> None:
    bundles.run(desk, "disclose a.txt --to ganzhou --subject magneti:inferable")
    revealed = Options(revealed=(rules.parse_revealed("subject.degree"),))
    path = bundles.bundle(desk, folder / "x", PARTY, revealed).path
    assert reading.shown(path)[13].values()["subject.1.degree"] == "inferable"
    refuse_found(path, "Società Magneti")


def test_a_client_whom_no_line_names_is_withheld_where_a_purpose_does(desk: Desk, folder: Path) -> None:
    bundles.run(desk, "disclose a.txt --to ganzhou --purpose 'the offer to SOCIETÀ  MAGNETI' --note 'associates'")
    path = bundles.bundle(desk, folder / "x", Asked(numbers=(5,))).path
    assert withheld(path) == {"purpose": "other-client"}
    refuse_found(path, "SOCIETÀ  MAGNETI", "Magneti")
    assert reading.shown(path)[13].values()["note"] == "associates"


def test_a_withheld_field_takes_its_terms_and_its_repeats_along(desk: Desk, folder: Path) -> None:
    options = hiding("recipient=personal-data")
    path = bundles.bundle(desk, folder / "x", Asked(subjects=("magneti",)), options).path
    refuse_found(path, "Müller & Söhne", "Ministry of Commerce", "Ganzhou Magnet", "P-0001", "P-0002", "P-0003")
    assert {"recipient"} <= withheld(path).keys()
    assert not any(term.startswith("party") for record in reading.shown(path).values() for term in record.terms())


def test_names_of_documents_are_in_no_file_name(desk: Desk, folder: Path) -> None:
    options = hiding("item.name=trade-secret", documents=True)
    for name in ("x", "x.zip"):
        path = bundles.bundle(desk, folder / name, PARTY, options).path
        refuse_found(path, "plan.pdf", "图纸.pdf")
        documents = [name for name in reading.files(path) if name.startswith("data/documents/")]
        assert len(documents) == 5
        assert {"data/documents/000009-1", "data/documents/000009-3"} < {*documents}


def test_a_hash_is_in_no_term(desk: Desk, folder: Path) -> None:
    path = bundles.bundle(desk, folder / "x", PARTY, hiding("item.sha256")).path
    refuse_found(path, sha256(b"first").hexdigest(), sha256(b"a").hexdigest())
    assert {"item.*.sha256": "unstated"}.items() <= withheld(path).items()
    with pytest.raises(Misuse, match="documents cannot go along"):
        bundles.bundle(desk, folder / "y", PARTY, hiding("sha256", documents=True))


def test_a_bare_name_is_withheld_wherever_it_is_a_field(desk: Desk, folder: Path) -> None:
    path = bundles.bundle(desk, folder / "x", Asked(numbers=(1,)), hiding("name", "title", "number")).path
    refuse_found(path, "Ganzhou Magnet", "a.txt", "Licence E3", "2026-117")
    assert {"recipient.*.name", "item.*.name", "matter.title", "matter.number"} <= withheld(path).keys()


def test_a_corrected_item_is_one_too(desk: Desk, folder: Path) -> None:
    """The line of an item's correction has the bare name."""
    bundles.run(desk, "correct T-1/1 --document-number D-471199 --reason found")
    path = bundles.bundle(desk, folder / "x", PARTY, hiding("item.document-number=security")).path
    refuse_found(path, "D-471199")
    assert withheld(path)["document-number"] == "security"


def test_what_was_said_of_a_field_wins_over_what_is_usual(desk: Desk, folder: Path) -> None:
    path = bundles.bundle(desk, folder / "x", PARTY, hiding("subject=privilege")).path
    assert withheld(path)["subject"] == "privilege"


def test_excluded_ones_keep_the_line_that_excludes_them_unless_it_is_withheld(desk: Desk, folder: Path) -> None:
    asked = PARTY._replace(designations=("trade-secret",))
    plain = reading.shown(bundles.bundle(desk, folder / "x", asked).path)[7]
    assert plain.values()["designation"] == "confidential"
    hidden = reading.shown(bundles.bundle(desk, folder / "y", asked, hiding("event-time")).path)[7]
    assert hidden.values().keys() == {"designation"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (PARTY, "recipient.name"),
        (PARTY, "party"),
        (PARTY, "register"),
        (Asked(matters=("M-1",)), "matter.number"),
        (PARTY._replace(categories=("order",)), "category"),
        (PARTY._replace(designations=("public",)), "designation"),
        (Asked(subjects=("magneti",)), "subject"),
    ],
)
def test_what_is_asked_for_cannot_be_withheld(archive: Archive, asked: Asked, said: str) -> None:
    with pytest.raises(Misuse, match="withheld and asked for at once"):
        preparing.prepare(archive, asked, hiding(said), dry=True)


@pytest.mark.parametrize("where", ["recipient", "purpose"])
def test_recipient_and_purpose_do_not_tell_what_is_withheld(archive: Archive, where: str) -> None:
    with pytest.raises(Misuse, match="tells what is withheld"):
        preparing.prepare(archive, PARTY, Options(**{where: "counsel of società magneti"}), dry=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said", ["nope", "item.nope", "", "purpose=", "purpose=Secret Reason", "item.1.name", "recipient.1"]
)
def test_what_names_no_field_or_no_reason_is_refused(said: str) -> None:
    with pytest.raises(Misuse):
        rules.parse(said)


def test_only_subjects_need_to_be_revealed() -> None:
    with pytest.raises(Misuse, match="shown unless"):
        rules.parse_revealed("purpose")
