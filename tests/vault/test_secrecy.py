"""No name, file name, purpose, content or key in any byte of vault and state folder, in file names, or in the logs."""

import base64
import gzip
import io
import logging
from pathlib import Path

import pytest

from keys.identity import Identity
from keys.purposes import INDEX, LOG, RECORD
from tests.vault.machine import LEI, Machine, digest, disclose, found, party, spoken, written
from vault import doctoring, exporting
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import VaultError
from vault.evidence import terms
from vault.evidence.strict import Malformed
from vault.records.draft import Draft
from vault.unlocked import database_key, read_keyring, unlock

NAME = "Zhangjiajie Quetzalcoatl Magnetics"
CHINESE = "赣州磁材有限公司"
PURPOSE = "licence renewal for the Xylophone plant"
FILE = "Geheime-Fertigungsliste-Übersicht.xlsx"
CONTENT = b"Quarterly output of line Sousaphone: 52,100 rotors\n" * 400
NUMBER = "91360700MA35QUETZ1"
SECRETS = (NAME, CHINESE, PURPOSE, FILE, NUMBER, "Sousaphone", "Quetzalcoatl", "Xylophone", "Fertigungsliste")


def spellings(text: str) -> set[bytes]:
    """The text as somebody who looks for it might find it."""
    plain = {text.encode(), text.casefold().encode(), text.upper().encode()}
    found = {text.encode(code) for code in ("utf-16-le", "utf-16-be", "utf-32-le")} | plain
    for data in plain:
        found |= {data.hex().encode(), data.hex().upper().encode(), ascii(data.decode())[1:-1].encode()}
        # Base64 at each of its three alignments, without the characters that hold bits of the neighbours.
        for shift in range(3):
            encoded = base64.b64encode(bytes(shift) + data)
            found.add(encoded[4 if shift else 0 : -4])
    return {data for data in found if len(data) > 6}


def needles(archive: Archive, identity: Identity) -> dict[str, set[bytes]]:
    """What must be nowhere: words, hashes of content, terms, and every key."""
    hidden = {text: spellings(text) for text in SECRETS}
    content = digest(CONTENT)
    hidden["content hash"] = {content, content.hex().encode(), base64.b64encode(content)}
    for term in (LEI, terms.document(content), terms.legal_name("party", "CN", NAME)):
        hidden[term] = spellings(term)
    held = unlock(read_keyring(archive.folder, archive.config.origin), identity)[1]
    assert archive.secrets.log is not None
    logs = [held.generations(LOG)[1][at : at + 32] for at in (0, 32)]
    keys = [*archive.secrets.wrapping.values(), archive.secrets.signer._secret[:32], database_key(held), *logs]
    keys += [*held.generations(INDEX).values(), *held.generations(RECORD).values()]
    hidden["keys"] = {form for key in keys for form in (key, key.hex().encode(), base64.b64encode(key))}
    hidden["content key"] = {archive.secrets.content[0].secret_text().encode()}
    return hidden


@pytest.fixture
def busy(tmp_path: Path, identity: object) -> Machine:
    """A vault after a day of use."""
    machine = found(tmp_path / "machine", identity)  # type: ignore[arg-type]  # the fixture of conftest
    with machine.opened() as archive:
        day(archive)
    return machine


def day(archive: Archive) -> None:
    """All that this step can do."""
    lines = (("name", NAME), ("country", "CN"), ("alias.1", CHINESE), ("register.1", f"uscc:{NUMBER}"))
    filed = (terms.legal_name("party", "CN", NAME), terms.register_id("party", "uscc", NUMBER))
    archive.append([Draft("party", lines, filed)])
    with archive.storing() as storing:
        document = storing.add(io.BytesIO(CONTENT))
        draft = written([document], PURPOSE)
        named = tuple((name, FILE if name == "item.1.name" else value) for name, value in draft.lines)
        archive.append([Draft(draft.kind, (*named, ("recipient.1.name", NAME)), (*draft.terms, *filed))], storing)
    disclose(archive, CONTENT, b"another", purpose=PURPOSE)
    archive.append([spoken(PURPOSE), party(CHINESE)])
    archive.checkpoint()
    exporting.content_identities(archive, archive.folder.path / "never written")
    check(archive, documents=True)
    doctoring.rebuild(archive)
    doctoring.clean(archive)
    doctoring.examine(archive)


def seen_in(files: dict[str, bytes], hidden: dict[str, set[bytes]]) -> list[tuple[str, str]]:
    pairs = [(name, data, what, forms) for name, data in files.items() for what, forms in hidden.items()]
    return [(name, what) for name, data, what, forms in pairs if any(form in data for form in forms)]


def everything(folder: Path) -> dict[str, bytes]:
    """All bytes below a folder, and all names as a file of their own."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    names = "\n".join(str(path.relative_to(folder)) for path in folder.rglob("*"))
    return files | {"the names of all files": names.encode()}


def test_the_search_finds_what_is_there() -> None:
    """Or the tests below would prove nothing."""
    for text in SECRETS:
        for form in (text.encode(), text.encode("utf-16-le"), base64.b64encode(b"ab" + text.encode() + b"cd")):
            assert seen_in({"file": b"..." + form + b"..."}, {text: spellings(text)})
    assert not seen_in({"file": gzip.compress(b"nothing")}, {text: spellings(text) for text in SECRETS})


def test_nothing_shows_in_vault_and_state_folder_while_it_is_open(busy: Machine) -> None:
    with busy.opened() as archive:
        archive.append([spoken(PURPOSE)])
        files = everything(busy.folder / "vault") | everything(busy.folder / "pins")
        assert "ledger.db-wal" in files
        assert seen_in(files, needles(archive, busy.identity.identity)) == []


def test_nothing_shows_in_vault_and_state_folder_once_it_is_closed(busy: Machine) -> None:
    with busy.opened() as archive:
        hidden = needles(archive, busy.identity.identity)
    assert seen_in(everything(busy.folder), hidden) == []


def test_nothing_shows_in_a_copy_or_after_the_database_was_packed(busy: Machine) -> None:
    with busy.opened() as archive:
        archive.database.execute("VACUUM")
        archive.database.copy_to(busy.folder / "copy", b"k" * 32)
        hidden = needles(archive, busy.identity.identity)
    assert seen_in(everything(busy.folder), hidden) == []


def test_nothing_shows_on_stderr_or_in_logs(
    tmp_path: Path, identity: object, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        machine = found(tmp_path / "machine", identity)  # type: ignore[arg-type]  # the fixture of conftest
        with machine.opened() as archive:
            day(archive)
    captured = capfd.readouterr()
    assert captured.out + captured.err + caplog.text == ""


def test_errors_show_no_value_of_a_record(busy: Machine) -> None:
    with busy.opened() as archive:
        said = []
        for sql in (
            "UPDATE record SET sealed=zeroblob(90) WHERE seq=2",
            "UPDATE record_wrap SET wrap=zeroblob(72) WHERE seq=3",
            "DELETE FROM document",
            "DELETE FROM transmittal",
        ):
            archive.database.execute(sql)
            report = check(archive, documents=True)
            said += [str(fault) for faults in report.faults.values() for fault in faults] + report.remarks
            said += [f"{finding.what} {finding.next}" for finding in doctoring.examine(archive)]
            for act in (lambda: archive.read(2), lambda: archive.read(3), lambda: doctoring.rebuild(archive)):
                try:
                    act()
                except (VaultError, Malformed) as exc:
                    said.append(f"{exc!r} {exc} {exc.__cause__!r}")
        hidden = {text: spellings(text) for text in SECRETS}
        assert seen_in({"errors": "\n".join(said).encode()}, hidden) == []
        assert len(said) > 6


def test_names_of_segments_say_nothing_of_what_is_in_them(busy: Machine) -> None:
    with busy.opened() as archive:
        known = {document.sha256.hex() for document in archive.documents.all()}
        known |= {document.payload_sha256.hex() for document in archive.documents.all()}
        for name in archive.segments.names():
            assert not any(name in digest_ for digest_ in known)
