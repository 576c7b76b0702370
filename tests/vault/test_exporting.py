"""Letting the content key leave: recorded first, handed out second, only to who holds it."""

from pathlib import Path

import pytest

from keys import age
from keys.identity_file import OpenIdentity
from tests.vault.machine import Machine
from tests.vault.members import admit
from vault import exporting
from vault.archive import Archive
from vault.errors import Refused


def test_the_export_is_recorded_before_the_key_is_handed_out(archive: Archive, tmp_path: Path) -> None:
    text, seq = exporting.content_identities(archive, tmp_path / "key")
    assert age.parse_identity(text.decode().strip()).recipient() == archive.secrets.content[0].recipient()
    assert archive.entry(seq).entry.kind == "export"
    assert archive.read(seq).values()["member"] == "m1"
    assert text.decode().strip() not in str(archive.read(seq).values())


def test_a_taken_name_is_refused_and_nothing_recorded(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(Refused, match="exists"):
        exporting.content_identities(archive, tmp_path / "key")
    assert archive.ledger.size() == 6


def test_who_holds_no_content_key_exports_none(
    machine: Machine, archive: Archive, stranger: OpenIdentity, tmp_path: Path
) -> None:
    admit(archive, stranger, "recorder")
    with machine.of(stranger).opened() as theirs, pytest.raises(Refused, match="holds no content key"):
        exporting.content_identities(theirs, tmp_path / "key")
    assert archive.ledger.size() == 7
