"""What is signed here is what the evidence verifies, and what outside judges accept."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from keys.signing import LogSigner, Signer
from vault.evidence import note
from vault.evidence.checkpoint import Checkpoint, cosigned_message, open_checkpoint, verify_cosignature
from vault.evidence.note import Key
from vault.evidence.strict import Malformed

ORIGIN = "magnets.example/disclosures"
SEED = bytes(range(32))
LOG_SECRET = bytes(range(64))
CHECKPOINT = Checkpoint(ORIGIN, 3, sha256(b"root").digest())
TIME = 1_795_369_168

MEMBER = Signer.from_seed(f"{ORIGIN}/m2", SEED)
LOG = LogSigner.from_secret(ORIGIN, LOG_SECRET)


def test_signed_note_verifies_with_the_signer_s_key() -> None:
    note.verify(note.parse(MEMBER.note("one line\n")), MEMBER.key)


def test_signature_is_what_another_ed25519_makes_of_the_text() -> None:
    assert MEMBER.sign("one line\n").value == Ed25519PrivateKey.from_private_bytes(SEED).sign(b"one line\n")


def test_key_of_a_signer_survives_as_vkey() -> None:
    assert Key.parse(str(MEMBER.key)) == MEMBER.key


def test_signature_of_another_text_is_refused() -> None:
    forged = note.render("two lines\n", [MEMBER.sign("one line\n")])
    with pytest.raises(Malformed):
        note.verify(note.parse(forged), MEMBER.key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "x" * 256])
def test_name_that_no_note_can_bear_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        Signer.from_seed(name, SEED)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_seed_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Signer.from_seed(ORIGIN, bytes(size))


def test_text_without_a_newline_at_its_end_is_not_signed() -> None:
    with pytest.raises(ValueError, match="newline"):
        MEMBER.sign("one line")


def test_checkpoint_opens_with_both_log_keys() -> None:
    assert open_checkpoint(LOG.sign(CHECKPOINT, TIME), LOG.keys) == CHECKPOINT


def test_checkpoint_has_the_ed25519_line_first() -> None:
    lines = note.parse(LOG.sign(CHECKPOINT, TIME)).unverified_signatures
    assert [line.key_id for line in lines] == [LOG.keys.ed25519.id, LOG.keys.ml_dsa.id]


def test_cosignature_bears_the_time_it_was_given() -> None:
    assert verify_cosignature(note.parse(LOG.sign(CHECKPOINT, TIME)), LOG.keys.ml_dsa) == TIME


def test_cosignature_holds_for_whoever_reads_the_specification() -> None:
    line = note.parse(LOG.sign(CHECKPOINT, TIME)).unverified_signatures[1]
    message = cosigned_message(LOG.keys.ml_dsa, TIME, CHECKPOINT.text)
    MLDSA44PublicKey.from_public_bytes(LOG.keys.ml_dsa.public).verify(line.value[8:], message)


def test_log_keys_come_from_the_two_halves_of_the_secret() -> None:
    other = LogSigner.from_secret(ORIGIN, LOG_SECRET[:32] + bytes(32))
    assert other.keys.ed25519 == LOG.keys.ed25519
    assert other.keys.ml_dsa != LOG.keys.ml_dsa


def test_checkpoint_of_another_log_is_not_signed() -> None:
    with pytest.raises(ValueError, match=r"b\.example"):
        LOG.sign(CHECKPOINT._replace(origin="b.example"), TIME)


@pytest.mark.parametrize("time", [-1, 2**63])
def test_time_that_no_cosignature_can_bear_is_refused(time: int) -> None:
    with pytest.raises(ValueError, match="time"):
        LOG.sign(CHECKPOINT, time)


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_log_secret_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        LogSigner.from_secret(ORIGIN, bytes(size))


def test_repr_shows_no_secret() -> None:
    shown = repr(MEMBER) + repr(LOG)
    assert repr(SEED)[2:-1] not in shown
    assert "_secret" not in shown
    assert "PrivateKey" not in shown
