"""The file an identity lives in: what opens it, what damages it, what it survives."""

import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from keys import identity_file
from keys.errors import CannotUnlock, WrongPassphrase
from keys.identity import Identity
from keys.protectors.interface import Arguments, Protector
from keys.protectors.passphrase import Passphrase
from tests import vectors
from tests.vectors import generate_identity
from tests.vectors.generate_identity import PASSPHRASE, VAULTS, predictable
from vault.evidence.strict import Malformed

CASES = vectors.read("identity")
ACCEPTED = [case for case in CASES if case["expect"] == "accept"]
LOCKED = [case for case in CASES if case["expect"] == "locked"]
REJECTED = [case for case in CASES if case["expect"] == "reject"]
GOOD = ACCEPTED[0]["file"].encode()
KEEPING = next(case for case in ACCEPTED if "kept" in case["name"])["file"]
BOX = Path("identity")
IDENTITY = Identity.generate(predictable("identity"))


def saying(text: str) -> Passphrase:
    return Passphrase(lambda: text)


def never() -> str:
    raise AssertionError("asked for a passphrase that is not needed")


@dataclass(frozen=True)
class Drawer:
    """A protector for tests: keeps file keys in a drawer, which may be shut."""

    name: str = "drawer"
    kept: dict[Arguments, bytes] = field(default_factory=dict)
    shut: bool = False

    def lock(self, file_key: bytes) -> Arguments:
        self.kept[("left",)] = file_key
        return ("left",)

    def unlock(self, locks: Sequence[Arguments], where: str) -> bytes:
        if self.shut:
            raise CannotUnlock(f"{where}: the {self.name} is shut")
        return self.kept[locks[0]]


def open_case(case: vectors.Case) -> identity_file.OpenIdentity:
    return identity_file.parse(case["file"].encode(), BOX).unlock([saying(case["passphrase"])])


def test_vectors_are_what_their_generator_writes() -> None:
    assert vectors.committed("identity") == generate_identity.build()


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_good_file_opens_and_gives_the_public_string(case: vectors.Case) -> None:
    opened = open_case(case)
    assert str(opened.identity.public) == case["public"]
    assert opened.identity.public.fingerprint == case["fingerprint"]


@pytest.mark.parametrize("case", LOCKED, ids=lambda case: case["name"])
def test_file_stays_locked(case: vectors.Case) -> None:
    with pytest.raises(CannotUnlock):
        open_case(case)


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case["name"])
def test_bad_file_is_refused_by_name(case: vectors.Case) -> None:
    with pytest.raises(Malformed) as caught:
        open_case(case)
    assert caught.value.where == "identity"


def test_rejects_outnumber_accepts() -> None:
    assert len(REJECTED) > 10 * len(ACCEPTED)


def test_any_changed_byte_is_damage_and_never_a_wrong_passphrase() -> None:
    for place in range(len(GOOD)):
        changed = GOOD[:place] + bytes([GOOD[place] ^ 1]) + GOOD[place + 1 :]
        with pytest.raises(Malformed):
            identity_file.parse(changed, BOX)


def test_any_cut_is_damage() -> None:
    for size in range(len(GOOD)):
        with pytest.raises(Malformed):
            identity_file.parse(GOOD[:size], BOX)


def test_file_of_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(Malformed, match="1048576 bytes"):
        identity_file.parse(GOOD + bytes(1 << 20), BOX)


def test_product_writes_what_the_vectors_say(tmp_path: Path) -> None:
    random = predictable("identity")
    identity = Identity.generate(random)
    for origin, fingerprint, provenance in VAULTS:
        identity = identity.with_vault(origin, fingerprint, provenance)
    ordered = Passphrase(lambda: PASSPHRASE, random=random)
    identity_file.create(tmp_path / "identity", identity, [ordered], random)
    assert (tmp_path / "identity").read_bytes() == GOOD


def test_created_file_opens_again_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "disclosure-vault" / "identity"
    identity_file.create(path, IDENTITY, [saying("words")])
    assert identity_file.load(path).unlock([saying("words")]).identity.public == IDENTITY.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_existing_file_is_never_overwritten_and_nobody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "identity").write_bytes(b"")
    with pytest.raises(FileExistsError, match="never overwritten"):
        identity_file.create(tmp_path / "identity", IDENTITY, [Passphrase(never)])
    assert (tmp_path / "identity").read_bytes() == b""


def test_file_that_appears_while_somebody_types_is_not_overwritten(tmp_path: Path) -> None:
    def slow() -> str:
        (tmp_path / "identity").write_bytes(b"first")
        return "words"

    with pytest.raises(FileExistsError):
        identity_file.create(tmp_path / "identity", IDENTITY, [Passphrase(slow)])
    assert (tmp_path / "identity").read_bytes() == b"first"


def test_refused_passphrase_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase, match="empty"):
        identity_file.create(tmp_path / "identity", IDENTITY, [saying("")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 17])
def test_file_without_a_protector_or_with_too_many_is_not_made(tmp_path: Path, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 16"):
        identity_file.create(tmp_path / "identity", IDENTITY, [Drawer()] * count)


def test_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        identity_file.load(tmp_path / "identity")


def test_each_of_several_protectors_opens_the_file(tmp_path: Path) -> None:
    drawer, words = Drawer(), saying("words")
    identity_file.create(tmp_path / "identity", IDENTITY, [drawer, words])
    locked = identity_file.load(tmp_path / "identity")
    offers: list[list[Protector]] = [[drawer], [words], [drawer, Passphrase(never)]]
    for protectors in offers:
        assert locked.unlock(protectors).identity.public == IDENTITY.public


def test_next_protector_is_tried_where_one_cannot(tmp_path: Path) -> None:
    identity_file.create(tmp_path / "identity", IDENTITY, [Drawer(), saying("words")])
    locked = identity_file.load(tmp_path / "identity")
    assert locked.unlock([Drawer(shut=True), saying("words")]).identity.public == IDENTITY.public


def test_wrong_passphrase_is_what_is_said_whichever_protector_fails_besides() -> None:
    locked = identity_file.parse(KEEPING.encode(), BOX)
    shut, wrong = Drawer("os-keyring", shut=True), saying("wrong")
    offers: list[list[Protector]] = [[shut, wrong], [wrong, shut]]
    for protectors in offers:
        with pytest.raises(WrongPassphrase):
            locked.unlock(protectors)


def test_protector_that_cannot_is_heard() -> None:
    with pytest.raises(CannotUnlock, match="identity: the os-keyring is shut"):
        identity_file.parse(KEEPING.encode(), BOX).unlock([Drawer("os-keyring", shut=True)])


def test_protectors_at_hand_that_the_file_does_not_have_are_not_asked() -> None:
    with pytest.raises(CannotUnlock, match="identity is locked by: passphrase; none of these is at hand"):
        identity_file.parse(GOOD, BOX).unlock([Drawer()])


def test_protector_with_the_wrong_key_is_damage() -> None:
    with pytest.raises(Malformed):
        identity_file.parse(KEEPING.encode(), BOX).unlock([Drawer("os-keyring", {(): bytes(32)})])


def test_saving_keeps_every_protector_and_asks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "identity"
    path.write_bytes(KEEPING.encode())
    opened = identity_file.load(path).unlock([saying(PASSPHRASE)])
    saved = opened.save(opened.identity.with_vault("c.example", "33" * 32))
    assert saved.locks == opened.locks
    before, after = KEEPING.split("\n"), path.read_text().split("\n")
    assert after[:5] == before[:5]
    assert after[5] != before[5]
    again = identity_file.load(path).unlock([saying(PASSPHRASE)])
    assert again.identity.fingerprint_of("c.example") == "33" * 32


def test_saving_twice_makes_two_different_bodies(tmp_path: Path) -> None:
    created = identity_file.create(tmp_path / "identity", IDENTITY, [Drawer()])
    first = (tmp_path / "identity").read_bytes()
    created.save(IDENTITY)
    assert (tmp_path / "identity").read_bytes() != first


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    drawer = Drawer()
    identity_file.create(tmp_path / "kept-elsewhere", IDENTITY, [drawer])
    (tmp_path / "identity").symlink_to(tmp_path / "kept-elsewhere")
    opened = identity_file.load(tmp_path / "identity").unlock([drawer])
    opened.save(IDENTITY.with_vault("c.example", "33" * 32))
    assert (tmp_path / "identity").is_symlink()
    assert (tmp_path / "kept-elsewhere").read_bytes() == (tmp_path / "identity").read_bytes()


def test_foreign_public_string_is_found_out_when_the_file_is_opened(tmp_path: Path) -> None:
    """[Whoever can write the file but not open it gets the vault keys sealed to himself.]"""
    case = next(case for case in REJECTED if case["name"] == "public string of somebody else")
    locked = identity_file.parse(case["file"].encode(), BOX)
    assert locked.unverified_public.classic == ACCEPTED[0]["public"].split("_")[4]
    with pytest.raises(Malformed, match="public string of the secret keys"):
        locked.unlock([saying(PASSPHRASE)])


def test_repr_and_errors_show_no_secret(tmp_path: Path) -> None:
    opened = open_case(ACCEPTED[0])
    shown = repr(opened) + repr(identity_file.parse(GOOD, BOX).frame.locks)
    for secret in (opened._file_key, opened.identity.seed):
        assert repr(secret)[2:-1] not in shown
    assert opened.identity.hybrid.secret_text() not in shown
    assert "magnets" not in shown
    assert opened.locks[0].arguments[2] not in shown


def test_neither_secrets_nor_known_vaults_stand_in_the_file() -> None:
    opened = open_case(ACCEPTED[0])
    for hidden in (b"magnets", b"AGE-SECRET-KEY", opened.identity.seed, opened._file_key):
        assert hidden not in GOOD
