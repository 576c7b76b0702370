"""The attacks in brackets on entries, their keys and their terms: each is refused by a rule of docs/format.

Most attackers here own every file and the record key; some also a member's key. None can sign for others.
"""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest

from tests import vectors
from tests.evidence import naive_ed25519 as naive
from tests.evidence import naive_vrf
from tests.evidence.attacked import OTHERS, broken, staffed
from tests.evidence.ledgers import (
    ORIGIN,
    Ledger,
    keyring_line,
    recipient,
    signer,
)
from vault.evidence import entry, merkle, note, terms, vrf
from vault.evidence.note import Signature
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Verdict


def test_entry_cannot_be_replayed_in_another_vault_of_the_same_member() -> None:
    """Both vaults know the same key under the same number, and stand at the same place with the same hash before."""
    ledger = Ledger.founded()
    unsigned = ledger.entry_of("disclosure", ledger.build([("a", 1)]))._replace(origin=OTHERS)
    signature = signer("m1").sign(unsigned.text)
    assert broken([*ledger.leaves, note.render(unsigned.text, [signature])]) >= {("entry 1", Verdict.INTEGRITY)}
    renamed = Signature(f"{OTHERS}/m1", signature.key_id, signature.value)
    assert broken([*ledger.leaves, note.render(unsigned.text, [renamed])]) >= {
        ("entry 1", Verdict.ORDER),
        ("entry 1", Verdict.ORIGIN),
    }


def test_entry_cannot_be_shown_under_another_number() -> None:
    ledger = Ledger.founded()
    unsigned = ledger.entry_of("disclosure", ledger.build([("a", 1)]))
    for number in (2, 3, 2**62):
        leaf = ledger.sign(unsigned._replace(seq=number))
        assert broken([*ledger.leaves, leaf]) == {("entry 1", Verdict.ORDER)}


def test_order_of_tags_tells_nothing_and_no_tag_counts_twice() -> None:
    ledger = Ledger.founded()
    one, two = sorted([sha256(b"party").digest(), sha256(b"matter").digest()])
    for tags in ((two, one), (one, one), (one, two, one)):
        leaf = ledger.sign(ledger.next_entry("disclosure", record=bytes(32), tags=tags))
        with pytest.raises(Malformed, match="sorted by their bytes, each once"):
            entry.parse(leaf)


@pytest.mark.parametrize("look_alike", ["mаgnets.example/disclosures", "magnets.example/disclosures\u200b"])
def test_origin_that_only_looks_like_ours_is_none(look_alike: str) -> None:
    ledger = Ledger(look_alike)
    with pytest.raises(Malformed, match="printable ASCII"):
        entry.parse(ledger.sign(ledger.next_entry("disclosure", record=bytes(32))))


@pytest.mark.parametrize(
    "line", ["rule approvals 1\u202e0", "rule approvals 1\u00a0", "rule approvals  1", "rule a \u0430"]
)
def test_public_line_reads_as_what_was_signed(line: str) -> None:
    ledger = Ledger.founded()
    with pytest.raises(Malformed, match="printable ASCII with single spaces"):
        entry.parse(ledger.sign(ledger.next_entry("policy", public_lines=(line,))))


def test_rule_of_one_name_stands_once_so_that_readers_cannot_pick() -> None:
    ledger = Ledger.founded()
    with pytest.raises(Malformed, match="lines `rule` sorted, each once"):
        entry.parse(ledger.sign(ledger.next_entry("policy", public_lines=("rule approvals 1", "rule approvals 2"))))


def test_second_signature_makes_no_second_history() -> None:
    ledger = staffed()
    ledger.disclose()
    text = entry.parse(ledger.leaves[4]).entry.text
    twice = note.render(text, [signer("m1").sign(text), signer("m2").sign(text)])
    assert merkle.leaf_hash(twice) != merkle.leaf_hash(ledger.leaves[4])
    with pytest.raises(Malformed, match="exactly one signature"):
        entry.parse(twice)


def joining(public: bytes) -> Ledger:
    """A ledger in which m2 joins as custodian with any 32 bytes as key."""
    ledger = Ledger.founded()
    key_id = sha256(f"{ORIGIN}/m2\n\x01".encode() + public).digest()[:4].hex()
    vkey = f"{ORIGIN}/m2+{key_id}+{b64encode(bytes([1]) + public).decode()}"
    ledger.append(ledger.sign(ledger.next_entry("key", public_lines=(
        f"member m2 custodian {vkey} {recipient('m2')}", keyring_line("2"),
    ))))  # fmt: skip
    return ledger


def by_hand(ledger: Ledger, public: bytes, secret: int, commitment: naive.Point, nonce: int) -> list[bytes]:
    """The ledger with a disclosure by m2 whose signature the RFC's equation may or may not accept."""
    unsigned = ledger.entry_of("disclosure", ledger.build([("a", 1)]))
    key_id = sha256(f"{ORIGIN}/m2\n\x01".encode() + public).digest()[:4]
    for second in range(200):  # until the challenge suits the attacker
        text = unsigned._replace(time=unsigned.time + timedelta(seconds=second)).text
        encoded = naive.encode(commitment)
        value = naive.sign(secret, nonce, public, encoded, text.encode())
        if naive.challenge(encoded, public, text.encode()) % 8 == 0:
            return [*ledger.leaves, note.render(text, [Signature(f"{ORIGIN}/m2", key_id, value)])]
    raise AssertionError


def test_identity_as_key_signs_nothing() -> None:
    identity = naive.encode(naive.IDENTITY)
    leaves = by_hand(joining(identity), identity, 0, naive.multiply(5, naive.BASE), 5)
    signed = note.parse(leaves[2])
    assert naive.holds(identity, signed.text.encode(), signed.unverified_signatures[0].value, cofactor=1)
    assert broken(leaves) == {("entry 1", Verdict.INTEGRITY), ("entry 2", Verdict.ORIGIN)}


def test_key_of_mixed_order_signs_nothing() -> None:
    """One verifier in eight messages would agree with the others."""
    public = naive.encode(naive.add(naive.multiply(7, naive.BASE), naive.torsion()[1]))
    leaves = by_hand(joining(public), public, 7, naive.multiply(5, naive.BASE), 5)
    signed = note.parse(leaves[2])
    assert naive.holds(public, signed.text.encode(), signed.unverified_signatures[0].value, cofactor=1)
    assert broken(leaves) == {("entry 1", Verdict.INTEGRITY), ("entry 2", Verdict.ORIGIN)}


def test_commitment_of_mixed_order_makes_no_signature() -> None:
    """It holds for who multiplies by the cofactor, and for nobody else."""
    public = naive.encode(naive.multiply(7, naive.BASE))
    mixed = naive.add(naive.multiply(5, naive.BASE), naive.torsion()[1])
    leaves = by_hand(joining(public), public, 7, mixed, 5)
    signed = note.parse(leaves[2])
    assert naive.holds(public, signed.text.encode(), signed.unverified_signatures[0].value, cofactor=8)
    assert broken(leaves) == {("entry 2", Verdict.ORIGIN)}
    honest = by_hand(joining(public), public, 7, naive.multiply(5, naive.BASE), 5)
    assert broken(honest) == set()


def test_border_between_authority_and_number_cannot_be_moved() -> None:
    assert terms.matter("a", "b:c") == "matter:a:b:c"
    with pytest.raises(Malformed, match="without a colon"):
        terms.matter("a:b", "c")


def test_invisible_character_cannot_file_a_name_where_no_stranger_looks() -> None:
    for hidden in "\u00ad\u200b\u2060\ufeff\u202e\u180e":
        with pytest.raises(Malformed, match="visible characters"):
            terms.legal_name("party", "CN", f"Gan{hidden}zhou")


def test_character_of_tomorrow_cannot_fold_otherwise_then() -> None:
    with pytest.raises(Malformed, match="characters assigned in Unicode"):
        terms.legal_name("party", "CN", "Gan\u0378zhou")


@pytest.mark.parametrize("number", range(1, 8))
def test_one_term_has_one_proof_of_its_tag(number: int) -> None:
    """Gamma with a part of small order satisfies the RFC's equations, and is another proof for the same tag."""
    name = f"Gamma of mixed order, torsion point {number}"
    (case,) = (case for case in vectors.read("vrf") if case["name"] == name)
    public, alpha, proof = (bytes.fromhex(case[part]) for part in ("key", "alpha", "proof"))
    assert naive_vrf.verify(public, alpha, proof)
    with pytest.raises(Malformed, match="of prime order"):
        vrf.verify(public, alpha, proof)
