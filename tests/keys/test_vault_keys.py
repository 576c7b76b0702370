"""The keys of a vault: made, sealed by role, opened by each member, checked against what the keyring says of them."""

from dataclasses import replace

import pytest

from keys import age, keyring
from keys.identity import Identity
from keys.keyring import Keyring, SealedKey, VaultKey
from keys.purposes import KNOWN, log_value
from keys.signing import LogSigner
from keys.subkeys import derive
from keys.vault_keys import Holder, Renewed, Seal, Unseal, VaultKeys, admit, create, open_for, renew, seal_key
from keys.vrf import IndexKey
from tests.vectors.generate_identity import predictable
from vault.evidence.strict import Malformed, base64_text
from vault.sealing import blob
from vault.sealing.errors import NotForUs

ORIGIN = "magnets.example/disclosures"
PEOPLE = {f"m{number}": Identity.generate(predictable(f"member {number}")) for number in range(1, 6)}


def seal(recipient: str, plaintext: bytes) -> bytes:
    return blob.seal(plaintext, [age.parse_recipient(recipient)])


def unseal_as(member: str) -> Unseal:
    identity = PEOPLE[member]
    return lambda data: blob.open_sealed(data, [identity.hybrid, identity.classic], limit=4096)


def holder(member: str, *roles: str, hybrid: bool = True) -> Holder:
    return Holder(member, frozenset(roles), PEOPLE[member].public.recipient(hybrid=hybrid))


def make(hybrid: bool = True, seal: Seal = seal) -> tuple[Keyring, VaultKeys]:
    first = holder("m1", "custodian", hybrid=hybrid)
    return create(ORIGIN, [first], seal, hybrid=hybrid, random=predictable("vault"))


RING, KEYS = make()
ALL = {("content", 1), ("index", 1), ("log", 1), ("record", 1)}


def held(keys: VaultKeys) -> set[tuple[str, int]]:
    return {(purpose, number) for purpose in KNOWN for number in keys.generations(purpose)}


def test_new_vault_has_one_key_of_each_purpose_for_its_custodian() -> None:
    assert {key.place for key in RING.keys} == ALL
    assert held(open_for(RING, "m1", unseal_as("m1"))) == held(KEYS) == ALL


def test_opened_secrets_are_those_that_were_made() -> None:
    opened = open_for(RING, "m1", unseal_as("m1"))
    assert {place: opened[place] for place in ALL} == {place: KEYS[place] for place in ALL}


def test_values_are_what_the_format_says_of_the_secrets() -> None:
    values = {key.purpose: key.value for key in RING.keys}
    assert values["content"] == str(age.parse_identity(KEYS["content", 1].decode()).recipient())
    assert values["record"] == base64_text(derive(KEYS["record", 1], "record/check"))
    assert values["index"] == base64_text(IndexKey(KEYS["index", 1]).public)
    assert values["log"] == log_value(LogSigner.from_secret(ORIGIN, KEYS["log", 1]).keys)
    assert [len(KEYS[purpose, 1]) for purpose in ("record", "index", "log")] == [32, 32, 64]


def test_default_is_hybrid_throughout_and_classic_is_x25519_throughout() -> None:
    for hybrid in (True, False):
        ring, keys = make(hybrid)
        content = age.parse_recipient(ring.newest("content").value)
        assert content.post_quantum == hybrid
        assert (b"mlkem768x25519" in ring.sealed[0].age_file) == hybrid
        assert held(open_for(ring, "m1", unseal_as("m1"))) == held(keys)


def test_keyring_of_a_new_vault_survives_being_signed_and_read() -> None:
    signer = PEOPLE["m1"].signer(f"{ORIGIN}/m1")
    assert keyring.parse(keyring.sign(RING, signer)).verify(signer.key) == RING


def test_vault_without_a_custodian_is_not_made() -> None:
    with pytest.raises(ValueError, match="custodian"):
        create(ORIGIN, [holder("m1", "reader", "checkpointer")], seal, hybrid=True)


@pytest.mark.parametrize(
    ("roles", "purposes"),
    [
        (("recorder",), {"record", "index"}),
        (("auditor",), {"record", "index"}),
        (("reader",), {"record", "index", "content"}),
        (("checkpointer",), {"record", "log"}),
        (("recorder", "checkpointer"), {"record", "index", "log"}),
        (("custodian",), {"record", "index", "content", "log"}),
    ],
)
def test_admitted_member_opens_the_keys_of_his_roles_and_no_others(roles: tuple[str, ...], purposes: set[str]) -> None:
    grown = admit(RING, holder("m2", *roles), KEYS, seal)
    assert {purpose for purpose, _ in held(open_for(grown, "m2", unseal_as("m2")))} == purposes


def test_several_holders_are_sealed_to_at_once() -> None:
    people = [holder("m2", "reader"), holder("m1", "custodian")]
    ring, _ = create(ORIGIN, people, seal, hybrid=True)
    assert held(open_for(ring, "m2", unseal_as("m2"))) == {("content", 1), ("index", 1), ("record", 1)}


def test_admitting_costs_the_same_however_many_members_there_are() -> None:
    calls: list[str] = []

    def counting(recipient: str, plaintext: bytes) -> bytes:
        calls.append(recipient)
        return seal(recipient, plaintext)

    ring = RING
    for member in ("m2", "m3", "m4", "m5"):
        before, calls[:] = ring, []
        ring = admit(ring, holder(member, "recorder"), KEYS, counting)
        assert len(calls) == 2
        assert set(before.sealed) < set(ring.sealed)


def test_member_is_admitted_to_all_generations() -> None:
    secret = bytes(range(32))
    place = ("record", 2)
    key = VaultKey(*place, KNOWN["record"].value(ORIGIN, secret))
    later = RING.with_key(key, seal_key(place, secret, [holder("m1", "custodian")], seal))
    grown = admit(later, holder("m2", "recorder"), open_for(later, "m1", unseal_as("m1")), seal)
    assert list(open_for(grown, "m2", unseal_as("m2")).generations("record")) == [1, 2]


def test_member_is_not_admitted_twice() -> None:
    with pytest.raises(ValueError, match="already holds"):
        admit(RING, holder("m1", "recorder"), KEYS, seal)


def test_nobody_admits_to_keys_he_does_not_hold() -> None:
    grown = admit(RING, holder("m2", "recorder"), KEYS, seal)
    recorder = open_for(grown, "m2", unseal_as("m2"))
    with pytest.raises(KeyError):
        admit(grown, holder("m3", "reader"), recorder, seal)


def test_custodian_is_not_admitted_to_a_part_of_the_keys() -> None:
    """A purpose this program does not know: it could not seal it to him, so somebody else must."""
    later = RING.with_key(VaultKey("x-later", 1, "value"), [SealedKey("x-later", 1, "m1", b"age file")])
    with pytest.raises(KeyError):
        admit(later, holder("m2", "custodian"), open_for(later, "m1", unseal_as("m1")), seal)


def test_key_of_a_purpose_of_a_later_day_is_not_opened() -> None:
    later = RING.with_key(VaultKey("x-later", 1, "value"), [SealedKey("x-later", 1, "m1", b"not an age file")])
    assert held(open_for(later, "m1", unseal_as("m1"))) == ALL


def test_stranger_holds_nothing() -> None:
    assert held(open_for(RING, "m2", unseal_as("m2"))) == set()


def test_identity_of_another_member_opens_nothing() -> None:
    with pytest.raises(NotForUs):
        open_for(RING, "m1", unseal_as("m2"))


@pytest.mark.parametrize("purpose", sorted(KNOWN))
def test_secret_that_is_not_the_one_its_value_stands_for_is_refused(purpose: str) -> None:
    """[age does not say who sealed a file: whoever writes a keyring could hand out keys of his own.]"""
    planted = KNOWN[purpose].generate(True, predictable("planted"))
    with pytest.raises(Malformed, match=f"{purpose} 1 sealed to m1"):
        open_for(swapped(purpose, planted), "m1", unseal_as("m1"))


@pytest.mark.parametrize("purpose", sorted(KNOWN))
@pytest.mark.parametrize("secret", [b"", b"x", bytes(31), bytes(33), b"\xff" * 64, b"AGE-SECRET-KEY-1X"])
def test_secret_of_another_form_is_refused_and_not_shown(purpose: str, secret: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        open_for(swapped(purpose, secret), "m1", unseal_as("m1"))
    assert caught.value.found == ""
    assert caught.value.__context__ is None


def test_sealed_keys_exchanged_among_purposes_are_refused() -> None:
    files = {line.purpose: line.age_file for line in RING.sealed}
    with pytest.raises(Malformed):
        open_for(with_file("record", files["index"]), "m1", unseal_as("m1"))


def test_log_key_of_another_vault_is_refused() -> None:
    """Its value binds the origin, by the names in the two vkeys."""
    with pytest.raises(Malformed, match="log 1"):
        open_for(replace(RING, origin="b.example"), "m1", unseal_as("m1"))


def test_repr_says_which_keys_are_held_and_none_of_them() -> None:
    assert repr(KEYS) == "VaultKeys(content 1, index 1, log 1, record 1)"
    assert repr(RING.sealed[0]) == "SealedKey(purpose='content', generation=1, member='m1')"


def test_key_that_is_not_held_is_a_key_error() -> None:
    assert ("record", 1) in KEYS
    assert ("record", 2) not in KEYS
    with pytest.raises(KeyError):
        KEYS["record", 2]


def swapped(purpose: str, secret: bytes) -> Keyring:
    return with_file(purpose, seal(PEOPLE["m1"].public.hybrid, secret))


def with_file(purpose: str, age_file: bytes) -> Keyring:
    lines = (replace(line, age_file=age_file) if line.purpose == purpose else line for line in RING.sealed)
    return replace(RING, sealed=tuple(lines))


class TestRenewed:
    HOLDERS = (holder("m1", "custodian"), holder("m2", "recorder"), holder("m3", "checkpointer"))

    def renewed(self, purpose: str) -> Renewed:
        ring = RING
        for one in self.HOLDERS[1:]:
            ring = admit(ring, one, KEYS, seal)
        return renew(Renewed(ring, KEYS), purpose, self.HOLDERS, seal, hybrid=True, random=predictable("next"))

    @pytest.mark.parametrize(
        ("purpose", "holders"),
        [("content", {"m1"}), ("index", {"m1", "m2"}), ("log", {"m1", "m3"}), ("record", {"m1", "m2", "m3"})],
    )
    def test_next_generation_is_sealed_to_those_whose_roles_hold_it(self, purpose: str, holders: set[str]) -> None:
        ring, keys = self.renewed(purpose)
        assert {one.member for one in ring.sealed if one.place == (purpose, 2)} == holders
        for member in holders:
            assert open_for(ring, member, unseal_as(member))[purpose, 2] == keys[purpose, 2] != keys[purpose, 1]

    def test_what_there_was_stays_as_it_was(self) -> None:
        ring, keys = self.renewed("index")
        assert set(RING.keys) < set(ring.keys)
        assert set(RING.sealed) < set(ring.sealed)
        assert all(keys[place] == KEYS[place] for place in ALL)
        assert ("index", 2) not in KEYS

    def test_a_key_that_nobody_would_hold_is_not_made(self) -> None:
        with pytest.raises(Malformed, match="a holder for each key"):
            renew(Renewed(RING, KEYS), "log", [holder("m2", "recorder")], seal, hybrid=True)

    @pytest.mark.parametrize("purpose", ["inbox", "nonsense"])
    def test_a_key_that_is_not_there_is_not_renewed(self, purpose: str) -> None:
        with pytest.raises(KeyError):
            renew(Renewed(RING, KEYS), purpose, self.HOLDERS, seal, hybrid=True)
