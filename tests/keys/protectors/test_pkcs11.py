"""A token opens what it locked, under the same identity, with the right PIN, and nothing else."""

import pytest

from keys.errors import CannotUnlock, WrongPassphrase
from keys.protectors.pkcs11_token import Pkcs11, _told
from tests.keys.protectors.token import MODULE, PIN
from vault.evidence.strict import Malformed, base64_text

FILE_KEY = bytes(range(32))


@pytest.fixture
def protector(token_label: str) -> Pkcs11:
    return Pkcs11(MODULE, lambda _: PIN, b"public string", token_label)


def test_opens_what_it_locked(protector: Pkcs11) -> None:
    locks = [protector.lock(FILE_KEY), protector.lock(FILE_KEY)]
    assert len({lock[1] for lock in locks}) == 2
    assert protector._replace(token="").unlock(locks, "identity") == FILE_KEY


def test_nothing_that_is_locked_stands_in_the_line(protector: Pkcs11) -> None:
    assert base64_text(FILE_KEY)[:20] not in " ".join(protector.lock(FILE_KEY))


def test_a_line_in_another_identitys_file_opens_nothing(protector: Pkcs11) -> None:
    lock = protector.lock(FILE_KEY)
    with pytest.raises(CannotUnlock, match="does not open"):
        protector._replace(context=b"another").unlock([lock], "identity")


@pytest.mark.parametrize("pin", ["999999", "1", "", "ü" * 300])
def test_a_wrong_pin_can_be_asked_for_again(protector: Pkcs11, pin: str) -> None:
    lock = protector.lock(FILE_KEY)
    with pytest.raises(WrongPassphrase, match="PIN"):
        protector._replace(ask=lambda _: pin).unlock([lock], "identity")


def test_a_token_that_locked_itself_is_said_to_have(protector: Pkcs11) -> None:
    """Not by the software token, which counts no tries."""
    from pkcs11 import exceptions

    with pytest.raises(CannotUnlock, match="has locked itself"), _told("safe"):
        raise exceptions.PinLocked


def test_a_token_that_is_not_there_is_named(protector: Pkcs11) -> None:
    lock = protector.lock(FILE_KEY)
    with pytest.raises(CannotUnlock, match="token 0000 is not there"):
        protector.unlock([("0000", *lock[1:])], "identity")
    with pytest.raises(CannotUnlock, match="token gone is not there"):
        protector._replace(token="gone").lock(FILE_KEY)


def test_a_key_that_is_gone_is_said(protector: Pkcs11) -> None:
    serial, _, box = protector.lock(FILE_KEY)
    with pytest.raises(CannotUnlock, match="has lost the key"):
        protector.unlock([(serial, "00" * 16, box)], "identity")


def test_a_driver_that_is_none_is_a_sentence(protector: Pkcs11) -> None:
    with pytest.raises(CannotUnlock, match="token safe") as raised:
        protector._replace(module="/usr/lib/no-such-driver.so").lock(FILE_KEY)
    assert "pkcs11_module" in raised.value.hint


@pytest.mark.parametrize(
    "arguments",
    [(), ("1", "00" * 16), ("1", "00", "AAAA"), ("1", "00" * 16, "AAAA"), ("1", "GG" * 16, base64_text(bytes(60)))],
)
def test_another_form_of_line_is_malformed(protector: Pkcs11, arguments: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        protector.unlock([arguments], "identity")
