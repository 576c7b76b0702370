"""A member's own keys and what is handed over of them."""

from contextlib import suppress

import pytest

from keys import age
from keys.identity import Identity, KnownVault, PublicIdentity, body_text, parse_body
from keys.provenance import Provenance
from tests import vectors
from tests.vectors.generate_identity import predictable
from vault.evidence import note
from vault.evidence.strict import Malformed

FINGERPRINT = "4c" * 32
IDENTITY = Identity.generate(predictable("identity"))
ACCEPTED = next(case for case in vectors.read("identity") if case["expect"] == "accept")


def test_public_string_is_that_of_the_vectors() -> None:
    assert str(IDENTITY.public) == ACCEPTED["public"]


def test_public_string_survives_being_read() -> None:
    assert PublicIdentity.parse(str(IDENTITY.public)) == IDENTITY.public


def test_public_string_is_one_word_that_no_shell_touches() -> None:
    assert str(IDENTITY.public).isascii()
    assert str(IDENTITY.public).replace("_", "").isalnum()


def test_fingerprint_is_16_groups_of_the_hash_of_the_public_string() -> None:
    assert IDENTITY.public.fingerprint == ACCEPTED["fingerprint"]
    assert [len(group) for group in IDENTITY.public.fingerprint.split(" ")] == [4] * 16


def test_changed_character_is_refused_or_another_fingerprint() -> None:
    text = str(IDENTITY.public)
    for place in range(len(text)):
        changed = text[:place] + ("q" if text[place] != "q" else "0") + text[place + 1 :]
        with suppress(Malformed):
            assert PublicIdentity.parse(changed).fingerprint != IDENTITY.public.fingerprint


def test_changed_character_of_a_recipient_is_refused_by_its_checksum() -> None:
    text = str(IDENTITY.public)
    for place in range(text.index("_age1") + 1, len(text)):
        changed = text[:place] + ("q" if text[place] != "q" else "p") + text[place + 1 :]
        with pytest.raises(Malformed):
            PublicIdentity.parse(changed)


@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", '"{}"', "{}_", "_{}"])
def test_public_string_with_something_around_it_is_refused(around: str) -> None:
    with pytest.raises(Malformed):
        PublicIdentity.parse(around.format(IDENTITY.public))


def test_recipient_is_the_hybrid_or_the_classic_one() -> None:
    assert age.parse_recipient(IDENTITY.public.recipient(hybrid=True)).post_quantum
    assert not age.parse_recipient(IDENTITY.public.recipient(hybrid=False)).post_quantum


def test_what_is_wrapped_for_the_public_identity_opens_with_the_secret_one() -> None:
    for hybrid, secret in ((True, IDENTITY.hybrid), (False, IDENTITY.classic)):
        stanza = age.parse_recipient(IDENTITY.public.recipient(hybrid=hybrid)).wrap(bytes(16))
        assert secret.unwrap(stanza) == bytes(16)


def test_signer_signs_with_the_key_of_the_public_string() -> None:
    signer = IDENTITY.signer("magnets.example/m1")
    assert signer.key.public == IDENTITY.public.ed25519
    note.verify(note.parse(signer.note("text\n")), signer.key)


def test_two_generated_identities_share_nothing() -> None:
    one, other = Identity.generate(), Identity.generate()
    assert not set(str(one.public).split("_")[3:]) & set(str(other.public).split("_")[3:])


def test_repr_shows_neither_secrets_nor_known_vaults() -> None:
    assert repr(IDENTITY.with_vault("magnets.example", FINGERPRINT)) == "Identity()"


def test_vault_is_remembered_and_forgotten() -> None:
    knowing = IDENTITY.with_vault("magnets.example", FINGERPRINT)
    assert knowing.fingerprint_of("magnets.example") == FINGERPRINT
    assert knowing.with_vault("magnets.example", FINGERPRINT).vaults == knowing.vaults
    assert knowing.without_vault("magnets.example").fingerprint_of("magnets.example") is None


def test_what_is_known_of_a_fingerprint_gets_better_and_never_worse() -> None:
    rising = [Provenance.FIRST_USE, Provenance.COMPARED, Provenance.FOUNDED]
    assert [one.vouches for one in rising] == [False, True, True]
    for before in rising:
        for after in rising:
            known = IDENTITY.with_vault("a", FINGERPRINT, before).with_vault("a", FINGERPRINT, after).known("a")
            assert known is not None
            assert known.provenance is max(before, after, key=rising.index)


def test_known_origin_with_another_fingerprint_is_another_vault() -> None:
    with pytest.raises(ValueError, match="known by the fingerprint"):
        IDENTITY.with_vault("magnets.example", FINGERPRINT).with_vault("magnets.example", "11" * 32)


@pytest.mark.parametrize(
    ("origin", "fingerprint"), [("", FINGERPRINT), ("a b", FINGERPRINT), ("a", "4C" * 32), ("a", "")]
)
def test_vault_that_could_not_be_written_is_refused(origin: str, fingerprint: str) -> None:
    with pytest.raises(Malformed):
        IDENTITY.with_vault(origin, fingerprint)


def test_body_survives_being_read() -> None:
    knowing = IDENTITY.with_vault("b.example", FINGERPRINT, Provenance.COMPARED).with_vault("a.example", "11" * 32)
    read = parse_body(body_text(knowing), "identity")
    assert body_text(read) == body_text(knowing)
    assert read.vaults == (
        KnownVault("a.example", "11" * 32, Provenance.FIRST_USE),
        KnownVault("b.example", FINGERPRINT, Provenance.COMPARED),
    )


def test_error_about_a_body_shows_none_of_it() -> None:
    text = body_text(IDENTITY)
    for place in range(len(text)):
        with pytest.raises(Malformed) as caught:
            parse_body(text[:place] + "~" + text[place + 1 :], "identity")
        assert caught.value.found == ""
        assert caught.value.__context__ is None
