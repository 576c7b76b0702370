"""Witnesses cosign the head of a real vault: what holds is kept, what fails is told, nothing signed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keys.signing import Cosigner
from tests.desk import Desk, oral
from tests.witness import serving
from vault import witnessing
from vault.archive import Archive
from vault.errors import Damaged, Misuse, Refused, Unavailable
from vault.evidence import note as notes
from vault.evidence.checkpoint import parse_text, verify_cosignature
from vault.evidence.note import Note, Signature
from vault.witness.client import Client
from vault.witness.judging import Witness
from vault.witness.places import Place
from vault.witness.server import Application
from vault.witness.state import States

ONE = Cosigner.from_seeds("witness.example/1", b"1" * 32, b"2" * 32)
TWO = Cosigner.from_seeds("witness.example/2", b"3" * 32)
CLIENT = Client(clock=lambda: serving.TIME)
DOWN = Place("gone", "http://127.0.0.1:1", TWO.keys)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk")


@contextmanager
def cosigning(folder: Path, archive: Archive, cosigner: Cosigner = ONE, name: str = "counsel") -> Iterator[Place]:
    """A witness of this vault's log."""
    log = archive.history.log
    states = States(folder / name, cosigner.keys)
    states.add([log.ed25519, log.ml_dsa])
    with serving.serving(Application(Witness(cosigner, states, lambda: serving.TIME))) as url:
        yield Place(name, url, cosigner.keys)


def stored(archive: Archive) -> Note:
    return notes.parse(archive.ledger.checkpoint() or b"")


def test_cosignatures_are_kept_beside_both_log_signatures(tmp_path: Path, desk: Desk) -> None:
    with desk.opened() as archive, cosigning(tmp_path, archive) as one, cosigning(tmp_path, archive, TWO, "two") as two:
        made, outcomes = witnessing.cosign(archive, archive.checkpoint(), [one, two], CLIENT)
        assert [(o.name, o.time, o.error) for o in outcomes] == [
            ("counsel", serving.TIME, None),
            ("two", serving.TIME, None),
        ]
        assert bytes(stored(archive)) == made
        assert [verify_cosignature(stored(archive), key) for key in (*ONE.keys, *TWO.keys)] == [serving.TIME] * 3
        archive.heads._open(made, archive.history, "kept checkpoint")


def test_witness_follows_as_the_vault_grows(tmp_path: Path, desk: Desk) -> None:
    with desk.opened() as archive, cosigning(tmp_path, archive) as place:
        for _ in range(3):
            _, (outcome,) = witnessing.cosign(archive, archive.checkpoint(), [place], CLIENT)
            assert outcome.error is None
            archive.append([oral() for _ in range(5)])
        kept = {size: len(notes.parse(stored).unverified_signatures) for size, stored in archive.ledger.checkpoints()}
        assert [kept[size] for size in (3, 9, 15, 20)] == [4, 4, 4, 2]


def test_who_has_cosigned_this_head_is_not_asked_again(tmp_path: Path, desk: Desk) -> None:
    with desk.opened() as archive:
        with cosigning(tmp_path, archive) as place:
            made, _ = witnessing.cosign(archive, archive.checkpoint(), [place], CLIENT)
        again, (outcome,) = witnessing.cosign(
            archive, archive.checkpoint(), [place], CLIENT
        )  # the witness is down by now
        assert outcome == ("counsel", serving.TIME, None)
        assert notes.parse(again).unverified_signatures[2:] == notes.parse(made).unverified_signatures[2:]


def test_signing_the_same_head_again_loses_no_cosignature(tmp_path: Path, desk: Desk) -> None:
    with desk.opened() as archive:
        with cosigning(tmp_path, archive) as place:
            witnessing.cosign(archive, archive.checkpoint(), [place], CLIENT)
        assert verify_cosignature(notes.parse(archive.checkpoint()), ONE.keys[0]) == serving.TIME
        archive.append([oral()])
        assert len(stored(archive).unverified_signatures) == 2, "another head, which nobody has cosigned"


def test_line_that_somebody_spoiled_is_replaced(tmp_path: Path, desk: Desk) -> None:
    with desk.opened() as archive, cosigning(tmp_path, archive) as place:
        signed = notes.parse(archive.checkpoint())
        spoiled = Note(
            signed.text, (*signed.unverified_signatures, Signature("witness.example/1", ONE.keys[0].id, bytes(72)))
        )
        size = parse_text(signed.text).size
        with archive.ledger.appending():
            archive.ledger.put_checkpoint(size, bytes(spoiled), keep=True)
        witnessing.cosign(archive, archive.checkpoint(), [place], CLIENT)
        assert verify_cosignature(stored(archive), ONE.keys[0]) == serving.TIME
        assert len(stored(archive).unverified_signatures) == 4


def test_witness_that_is_down_keeps_no_other_from_cosigning(tmp_path: Path, desk: Desk) -> None:
    with desk.opened() as archive, cosigning(tmp_path, archive) as place:
        _, outcomes = witnessing.cosign(archive, archive.checkpoint(), [DOWN, place], CLIENT)
        assert isinstance(outcomes[0].error, Unavailable)
        assert outcomes[1].error is None
        assert verify_cosignature(stored(archive), ONE.keys[0]) == serving.TIME


def test_older_copy_of_a_vault_is_noticed_by_the_witness_alone(tmp_path: Path, desk: Desk) -> None:
    from shutil import copytree

    copytree(tmp_path / "desk", tmp_path / "older")
    with desk.opened() as archive, cosigning(tmp_path, archive) as place:
        archive.append([oral() for _ in range(3)])
        witnessing.cosign(archive, archive.checkpoint(), [place], CLIENT)
        older = desk.moved(tmp_path / "older")
        with older.opened() as copy:
            _, (outcome,) = witnessing.cosign(copy, copy.checkpoint(), [place], CLIENT)
            assert isinstance(outcome.error, Damaged)
            assert "rolled back" in str(outcome.error)
            copy.append([oral() for _ in range(5)])  # and goes on: a second history
            _, (outcome,) = witnessing.cosign(copy, copy.checkpoint(), [place], CLIENT)
            assert isinstance(outcome.error, Damaged)
            assert "another history" in str(outcome.error)
            assert len(stored(copy).unverified_signatures) == 2


def test_fork_matters_more_than_a_refusal_and_that_more_than_the_network() -> None:
    outcome = witnessing.Outcome
    errors = [Unavailable("down"), Refused("unknown"), Damaged("forked")]
    found = [outcome("w", error=error) for error in errors]
    assert [witnessing.worst(found[:n]) for n in range(4)] == [None, *errors]


def test_without_witnesses_there_is_nothing_to_ask(desk: Desk) -> None:
    with desk.opened() as archive, pytest.raises(Misuse, match="no witness is named"):
        witnessing.cosign(archive, archive.checkpoint(), archive.config.witnesses)
