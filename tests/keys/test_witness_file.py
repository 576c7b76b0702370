"""The file of a witness's keys: sealed, never overwritten, showing no secret, opened as what was made."""

from hashlib import sha256
from pathlib import Path

import pytest

from keys import profiles, secretbox, witness_file
from keys.errors import WrongPassphrase
from keys.identity_file import load as load_identity
from keys.locks import Frame
from keys.protectors.passphrase import Passphrase
from keys.signing import Cosigner
from vault.evidence.checkpoint import Checkpoint, verify_cosignature
from vault.evidence.merkle import EMPTY_ROOT
from vault.evidence.note import Note
from vault.evidence.strict import Malformed, base64_text

PHRASE = Passphrase(lambda: "a passphrase of tests", profiles.DEFAULT)
NAME = "witness.example/counsel"
TEXT = Checkpoint("magnets.example/log", 0, EMPTY_ROOT).text


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Frame, bytes]:
    """A file and its key."""
    path = tmp_path_factory.mktemp("witness") / "key"
    witness_file.create(path, NAME, [PHRASE])
    frame = witness_file.load(path).frame
    return frame, frame.file_key([PHRASE])


@pytest.mark.parametrize("ml_dsa", [False, True])
def test_what_was_made_opens_and_cosigns(tmp_path: Path, ml_dsa: bool) -> None:
    made = witness_file.create(tmp_path / "w" / "key", NAME, [PHRASE], ml_dsa=ml_dsa)
    locked = witness_file.load(tmp_path / "w" / "key")
    opened = locked.opened_with(locked.frame.file_key([PHRASE]))
    assert opened.keys == made.keys == locked.unverified_keys
    assert [key.kind for key in opened.keys] == ([4, 6] if ml_dsa else [4])
    note = Note(TEXT, opened.cosign(TEXT, 7))
    assert [verify_cosignature(note, key) for key in made.keys] == [7] * len(made.keys)


def test_is_never_overwritten_and_nobody_else_reads_it(tmp_path: Path) -> None:
    witness_file.create(tmp_path / "key", NAME, [PHRASE])
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        witness_file.create(tmp_path / "key", NAME, [Passphrase(lambda: pytest.fail("nobody is asked"))])


def test_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    witness_file.create(tmp_path / "key", NAME, [PHRASE])
    with pytest.raises(WrongPassphrase):
        witness_file.load(tmp_path / "key").frame.file_key([Passphrase(lambda: "another")])


def test_file_and_repr_show_no_seed(tmp_path: Path) -> None:
    seeds: list[bytes] = []

    def random(size: int) -> bytes:
        seeds.append(sha256(b"%d" % len(seeds)).digest()[:size])
        return seeds[-1]

    made = witness_file.create(tmp_path / "key", NAME, [PHRASE], random, ml_dsa=True)
    shown = (tmp_path / "key").read_text() + repr(made) + repr(witness_file.load(tmp_path / "key"))
    assert not any(secret in shown for seed in seeds[:3] for secret in (seed.hex(), base64_text(seed), repr(seed)))


def test_vkeys_that_are_not_those_of_the_secrets_are_refused(opened: tuple[Frame, bytes]) -> None:
    frame, key = opened
    other = Cosigner.from_seeds(NAME, b"x" * 32).keys[0]
    swapped = Frame(frame.path, str(other), frame.locks, frame.body, frame.format)
    with pytest.raises(Malformed, match="the vkeys of the secret keys inside"):
        witness_file.parse(bytes(swapped), frame.path).opened_with(key)


@pytest.mark.parametrize(
    "body",
    ["", "ed25519 \n", "ed25519 AAAA\n", f"ed25519 {base64_text(bytes(32))}", f"ml-dsa-44 {base64_text(bytes(32))}\n",
     f"ed25519 {base64_text(bytes(32))}\n" * 2, f"ed25519 {base64_text(bytes(32))}\n\n"],
)  # fmt: skip
def test_body_in_another_form_is_malformed_and_not_shown(opened: tuple[Frame, bytes], body: str) -> None:
    frame, key = opened
    sealed = secretbox.seal(body.encode(), key, bytes)
    changed = Frame(frame.path, frame.unverified_public, frame.locks, sealed, frame.format)
    with pytest.raises(Malformed) as malformed:
        witness_file.parse(bytes(changed), frame.path).opened_with(key)
    assert base64_text(bytes(32)) not in str(malformed.value)
    assert malformed.value.__cause__ is None


def test_other_formats_are_refused_both_ways(opened: tuple[Frame, bytes]) -> None:
    frame, _ = opened
    data = frame.path.read_bytes()
    with pytest.raises(Malformed, match="disclosure-vault/identity/v1"):
        load_identity(frame.path)
    for bad in (
        data.replace(b"key/v1", b"key/v2"),
        data[:-1],
        data + b"\n",
        data.replace(b"public ", b"public x"),
        b"",
    ):
        with pytest.raises(Malformed):
            witness_file.parse(bad, frame.path)
    many = Frame(frame.path, " ".join([frame.unverified_public] * 3), frame.locks, frame.body, frame.format)
    with pytest.raises(Malformed, match="at most 2 vkeys"):
        witness_file.parse(bytes(many), frame.path)


def test_cosigner_signs_at_no_time_that_says_nothing() -> None:
    cosigner = Cosigner.from_seeds(NAME, b"x" * 32)
    for time in (0, -1, 1 << 63):
        with pytest.raises(ValueError, match="a witness's time"):
            cosigner.cosign(TEXT, time)
