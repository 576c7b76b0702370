"""The attacks in brackets: each works without the rule named in docs/format, and is refused with it.

Most attackers here own every file and the record key; some also a member's key. None can sign for others.
"""

import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest

from tests import vectors
from tests.evidence import naive_ed25519 as naive
from tests.evidence import naive_vrf
from tests.evidence.ledgers import (
    ORIGIN,
    LaterLog,
    Ledger,
    check_references,
    examine,
    keyring_line,
    log_lines,
    member_line,
    recipient,
    signer,
    vrf_line,
)
from tests.evidence.signers import Log, Signer
from vault.evidence import entry, merkle, note, record, references, terms, vrf
from vault.evidence.binding import check_record
from vault.evidence.entry import SignedEntry
from vault.evidence.note import Key, Signature
from vault.evidence.record import Line, Record
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.verdicts import State, Verdict

OTHERS = "magnets.example/others"


def broken(leaves: list[bytes], origin: str = ORIGIN, **known: bytes) -> set[tuple[str, Verdict]]:
    """Where a stranger finds what BROKEN."""
    faults = examine(leaves, origin, **known)
    return {(fault.where.partition(",")[0], fault.verdict) for fault in faults if fault.state == State.BROKEN}


def staffed() -> Ledger:
    """m1 custodian, m2 recorder, m3 auditor, m4 checkpointer; four entries."""
    ledger = Ledger.founded()
    for name, role in (("m2", "recorder"), ("m3", "auditor"), ("m4", "checkpointer")):
        ledger.admit(name, role)
    return ledger


def ledger_with(built: Record, shown: bytes) -> tuple[Record, SignedEntry]:
    ledger = Ledger.founded()
    return record.parse_shown(shown), ledger.file("disclosure", built)


# Records


def test_eight_lines_cannot_be_shown_as_four_and_one_withheld_leaf() -> None:
    built = Ledger().build([(f"recipient.{n // 4 + 1}.field-{n % 4}", f"value {n}") for n in range(8)])
    leaves = [merkle.leaf_hash(input_) for input_ in record.leaf_inputs(built.lines)]
    right = merkle.root_of_hashes(leaves[4:])
    assert merkle.root_of_hashes([*leaves[:4], right]) == built.root  # the attack on bare leaf hashes
    half = "".join(f"= {line.text}\n" for line in built.lines[:4] if isinstance(line, Line))
    with pytest.raises(Malformed, match="32 bytes in base64"):
        record.parse_shown(f"{half}- {base64_text(right)}\n".encode())
    shown, signed = ledger_with(built, f"{half}- recipient.2.field-0 {base64_text(right)}\n".encode())
    with pytest.raises(Malformed, match="another root"):
        check_record(shown, signed)


def test_withheld_line_cannot_take_another_name() -> None:
    built = Ledger().build([("recipient.1.name", "A"), ("recipient.2.name", "B")])
    hidden = record.render_shown(record.withhold(built, ["recipient.2.name"]))
    shown, signed = ledger_with(built, hidden.replace(b"- recipient.2.name", b"- note"))
    with pytest.raises(Malformed, match="another root"):
        check_record(shown, signed)


def test_one_statement_has_no_second_spelling_with_a_hash_of_its_own() -> None:
    line = '["AAAAAAAAAAAAAAAAAAAAAA==","purpose","a/b"]'
    assert record.parse(f"{line}\n".encode()).values() == {"purpose": "a/b"}
    for other in (line.replace("/", "\\/"), line.replace(",", ", "), line.replace("a/", "\\u0061/")):
        with pytest.raises(Malformed, match="compact spelling"):
            record.parse(f"{other}\n".encode())


def test_withheld_country_cannot_be_guessed_from_its_hash() -> None:
    built = record.build([("recipient.1.country", "CN"), ("recipient.2.country", "CN")], bytes(range(32)))
    one, two = (line.hash for line in built.lines)
    assert one != two
    assert sha256(b"CN").digest() not in (one, two)
    with pytest.raises(ValueError, match="no two of them equal"):
        record.build([("recipient.1.country", "CN"), ("recipient.2.country", "CN")], bytes(range(16)) * 2)


def test_no_name_stands_twice_so_that_readers_cannot_pick() -> None:
    with pytest.raises(Malformed, match="each once"):
        Ledger().build([("recipient.1.name", "A"), ("recipient.1.name", "B")])


def test_numbered_thing_cannot_be_missing_in_the_middle() -> None:
    with pytest.raises(Malformed, match="without a gap after `recipient`"):
        Ledger().build([("recipient.1.name", "A"), ("recipient.3.name", "C")])


def test_second_recipient_cannot_be_added_behind_the_approval() -> None:
    with pytest.raises(Malformed, match="then approvals, then times"):
        Ledger().build([("recipient.1.name", "A"), ("approval.1.entry", 3), ("recipient.2.name", "B")])
    with pytest.raises(Malformed, match="then approvals, then times"):
        Ledger().build([("recipient.1.name", "A"), ("event-time", "now"), ("recipient.2.name", "B")])


def approved(by: str, approver: str, change: str = "A") -> None:
    """A disclosure signed by one member, approved by another for recipient A."""
    ledger = staffed()
    lines = [("approval.1.entry", 4)]
    built = ledger.build([("kind", "disclosure"), ("recipient.1.name", "A"), *lines])
    ledger.public("approval", f"approves {base64_text(built.approved_root)}", by=approver)
    approval = entry.parse(ledger.leaves[4])
    built = built if change == "A" else ledger.build([("kind", "disclosure"), ("recipient.1.name", change), *lines])
    signed = ledger.file("disclosure", built, by)
    check_references(built, signed, {4: approval})


def test_nobody_is_both_pairs_of_eyes() -> None:
    approved("m2", "m1")
    with pytest.raises(Malformed, match="an approval by another member"):
        approved("m2", "m2")


def test_what_was_approved_cannot_be_changed_after() -> None:
    with pytest.raises(Malformed, match="an approval of these lines"):
        approved("m2", "m1", change="B")


def twice(kind: str, later: str) -> None:
    """A record approved as this kind, filed as it, and once more as `later`."""
    ledger = staffed()
    built = ledger.build([("kind", kind), ("recipient.1.name", "A"), ("approval.1.entry", 4)])
    approval = ledger.public("approval", f"approves {base64_text(built.approved_root)}", by="m1")
    both = [one for as_ in (kind, later) for one in references.of(built, ledger.file(as_, built, "m2"))]
    for one in both:
        references.check_approvals(one, {4: approval}, references.first_named(both))


def test_one_approval_cannot_be_spent_on_two_transmittals() -> None:
    with pytest.raises(Malformed, match="an approval not spent on entry 5"):
        twice("disclosure", "disclosure")


def test_what_was_approved_as_a_request_cannot_go_out_as_a_disclosure() -> None:
    with pytest.raises(Malformed, match="an approved line `kind` that says disclosure"):
        twice("request", "disclosure")


# Follow-ups


def voided(*filed: str) -> None:
    """A disclosure to a party about a matter (4), voided by a correction filed under these terms."""
    ledger = staffed()
    party, matter = "party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117"
    built = ledger.build([("purpose", "licence")], [party, matter])
    ledger.file("disclosure", built, "m2")
    void = ledger.build([("corrects", 4), ("reason", "not sent"), ("void", True)], filed)
    check_references(void, ledger.file("correction", void, "m2"), {4: built})


def test_correction_cannot_be_filed_where_no_partial_view_shows_it() -> None:
    voided("entry:4", "party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117")
    with pytest.raises(Malformed, match="a correction filed under the entry that it follows up"):
        voided()


@pytest.mark.parametrize("left_out", ["party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117"])
def test_follow_up_cannot_be_left_out_of_a_view_by_party_or_matter(left_out: str) -> None:
    wanted = {"entry:4", "party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117"}
    with pytest.raises(Malformed, match="the party, subject and matter terms of entry 4"):
        voided(*sorted(wanted - {left_out}))


def test_document_has_one_hash_spelling_to_be_found_by() -> None:
    with pytest.raises(Malformed, match="64 lower-case hex digits"):
        Ledger().build([("item.1.sha256", "AB" * 32)])


def test_tag_without_a_term_line_and_term_without_a_tag_are_refused() -> None:
    ledger = Ledger.founded()
    filed = ledger.build([("a", 1)], ["class:price"])
    plain = ledger.build([("a", 1)])
    tag = ledger.entry_of("disclosure", filed).tags
    untagged = entry.parse(ledger.sign(ledger.next_entry("disclosure", record=filed.root)))
    unnamed = entry.parse(ledger.sign(ledger.next_entry("disclosure", record=plain.root, tags=tag)))
    with pytest.raises(Malformed, match="expected 0 terms"):
        check_record(filed, untagged)
    with pytest.raises(Malformed, match="expected 0 terms"):
        check_record(record.withhold(filed, ["term.1"]), untagged)
    with pytest.raises(Malformed, match="expected 1 terms"):
        check_record(plain, unnamed)


# Entries


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


# Whose signature counts


def test_newcomer_cannot_sign_his_own_admission() -> None:
    ledger = Ledger.founded()
    ledger.change_keys(member_line("m2", "custodian"), by="m2")
    ledger.disclose(by="m2")
    assert broken(ledger.leaves) == {("entry 1", Verdict.ORIGIN), ("entry 2", Verdict.ORIGIN)}


def test_leaver_cannot_go_on() -> None:
    ledger = staffed()
    ledger.change_keys("remove m2")
    ledger.disclose(by="m2")
    assert broken(ledger.leaves) == {("entry 5", Verdict.ORIGIN)}


def test_auditor_cannot_record() -> None:
    ledger = staffed()
    ledger.disclose(by="m3")
    assert broken(ledger.leaves) == {("entry 4", Verdict.ORIGIN)}


def test_auditor_cannot_be_a_recorder_by_the_way() -> None:
    ledger = Ledger.founded()
    line = member_line("m2", "recorder,auditor")
    with pytest.raises(Malformed, match="auditor as the only role"):
        entry.parse(ledger.sign(ledger.next_entry("key", public_lines=(line, keyring_line("2")))))


@pytest.mark.parametrize("kind", ["key", "erasure", "policy", "hold"])
def test_recorder_cannot_do_what_is_the_custodian_s(kind: str) -> None:
    ledger = staffed()
    lines = {"key": [keyring_line("stolen")], "policy": ["rule approvals 0"]}
    if kind in lines:
        ledger.public(kind, *lines[kind], by="m2")
    else:
        ledger.record(kind, [("a", 1)], by="m2")
    assert broken(ledger.leaves) == {("entry 4", Verdict.ORIGIN)}


def test_recorder_cannot_sign_an_index_that_lacks_entries() -> None:
    ledger = staffed()
    ledger.public("index", f"index {ledger.size} {base64_text(bytes(32))}", by="m2")
    assert broken(ledger.leaves) == {("entry 4", Verdict.ORIGIN)}


def test_log_key_is_no_member() -> None:
    ledger = Ledger.founded()
    text = ledger.entry_of("disclosure", ledger.build([("a", 1)])).text
    as_log = ledger.log.ed25519.sign(text)
    as_member = Signature(f"{ORIGIN}/m1", as_log.key_id, as_log.value)
    for signature in (as_log, as_member):
        assert broken([*ledger.leaves, note.render(text, [signature])])
    own = f"member m2 custodian {Key(f'{ORIGIN}/m2', 1, ledger.log.ed25519.key.public)} {recipient('m2')}"
    ledger.change_keys(own)
    assert broken(ledger.leaves) == {("entry 1", Verdict.ORIGIN)}


def test_one_key_under_two_names_cannot_approve_what_it_recorded() -> None:
    ledger = staffed()
    twin = f"member m5 recorder {Key(f'{ORIGIN}/m5', 1, signer('m2').key.public)} {recipient('twin')}"
    ledger.change_keys(twin)
    assert broken(ledger.leaves) == {("entry 4", Verdict.ORIGIN)}


def test_index_key_and_recipient_have_no_second_use_either() -> None:
    for line in (
        vrf_line(1).replace("vrf 1", "vrf 2"),
        f"vrf 2 {base64_text(signer('m1').key.public)}",
        f"member m2 reader {signer('m2').key} {recipient(f'{ORIGIN} m1')}",
    ):
        ledger = Ledger.founded()
        ledger.change_keys(line)
        assert broken(ledger.leaves) == {("entry 1", Verdict.ORIGIN)}


def test_old_number_cannot_stand_for_a_second_person() -> None:
    ledger = staffed()
    ledger.change_keys("remove m2")
    second = Signer(f"{ORIGIN}/m2", "somebody else").key
    ledger.change_keys(f"member m2 custodian {second} {recipient('somebody else')}")
    assert broken(ledger.leaves) == {("entry 5", Verdict.ORIGIN)}


def test_member_cannot_be_given_another_key_in_silence() -> None:
    second = Signer(f"{ORIGIN}/m2", "somebody else").key
    for changed in (f"{second} {recipient(f'{ORIGIN} m2')}", f"{signer('m2').key} {recipient('somebody else')}"):
        ledger = staffed()
        ledger.change_keys(f"member m2 recorder,reader {changed}")
        assert broken(ledger.leaves) == {("entry 4", Verdict.ORIGIN)}


def test_thief_cannot_backdate_behind_a_revocation() -> None:
    """He puts the clock back to before the theft: what counts is the number."""
    ledger = staffed()
    stolen = ledger.entry_of("disclosure", ledger.build([("a", 1)]))
    ledger.append(ledger.sign(stolen._replace(time=stolen.time - timedelta(days=9)), "m2"))
    ledger.change_keys("revoke m2 4")
    late = ledger.entry_of("disclosure", ledger.build([("a", 1)]))
    ledger.append(ledger.sign(late._replace(time=late.time - timedelta(days=9)), "m2"))
    faults = {(fault.where, fault.verdict, fault.state) for fault in examine(ledger.leaves)}
    assert faults == {("entry 4", Verdict.ORIGIN, State.NOT_PROVEN), ("entry 6", Verdict.ORIGIN, State.BROKEN)}


def test_key_that_cannot_be_trusted_cannot_say_so_itself() -> None:
    ledger = Ledger.founded()
    ledger.admit("m2", "custodian")
    ledger.change_keys("revoke m2 2", by="m2")
    assert broken(ledger.leaves) == {("entry 2", Verdict.ORIGIN)}


def test_of_two_custodians_who_revoke_each_other_the_first_entry_counts() -> None:
    """The thief of m2's key may be the first: honest members then found a new ledger that `continues` this one."""
    ledger = Ledger.founded()
    ledger.admit("m2", "custodian")
    ledger.change_keys("revoke m1 1", by="m2")
    ledger.change_keys("revoke m2 2", by="m1")
    ledger.disclose(by="m2")
    assert broken(ledger.leaves) == {("entry 3", Verdict.ORIGIN)}


def test_second_genesis_cannot_bring_its_own_custodian() -> None:
    ledger = Ledger.founded()
    lines = (*log_lines(LaterLog(ORIGIN)), vrf_line(2), member_line("m2", "custodian"), keyring_line("2"))
    unsigned = ledger.next_entry("genesis", public_lines=lines)._replace(seq=0, previous=merkle.EMPTY_ROOT)
    ledger.append(ledger.sign(unsigned, "m2"))
    ledger.disclose(by="m2")
    assert {("entry 1", Verdict.ORIGIN), ("entry 2", Verdict.ORIGIN)} <= broken(ledger.leaves)


def test_key_entry_that_nobody_signed_has_no_effect() -> None:
    ledger = Ledger.founded()
    unsigned = ledger.next_entry("key", public_lines=(member_line("m2", "custodian"), keyring_line("2")))
    ledger.append(note.render(unsigned.text, note.parse(ledger.leaves[0]).unverified_signatures))
    ledger.disclose(by="m2")
    assert broken(ledger.leaves) == {("entry 1", Verdict.ORIGIN), ("entry 2", Verdict.ORIGIN)}


def test_refused_key_entry_has_no_effect_in_part() -> None:
    ledger = Ledger.founded()
    ledger.change_keys(member_line("m2", "custodian"), "remove m9")
    ledger.disclose(by="m2")
    assert broken(ledger.leaves) == {("entry 1", Verdict.ORIGIN), ("entry 2", Verdict.ORIGIN)}


# Histories


def test_holder_of_one_key_cannot_rewrite_what_another_signed_after() -> None:
    """m2 rewrites his own entry and signs it well; the custodian's entry behind it names what was there before."""
    ledger = staffed()
    ledger.disclose("what happened", by="m2")
    ledger.public("policy", "rule approvals 2")
    forged = Ledger(leaves=ledger.leaves[:4])
    forged.disclose("nothing much", by="m2")
    forged.append(ledger.leaves[5])
    assert broken(forged.leaves) == {("entry 5", Verdict.ORDER)}


def test_vault_invented_this_morning_is_not_the_one_that_is_known() -> None:
    """It has the same origin, keys of its own, nothing wrong in itself, and a clock of two years ago."""
    known, invented = Ledger.founded(), Ledger(ORIGIN)
    founder = member_line("m1", "custodian")
    unsigned = invented.next_entry(
        "genesis", public_lines=(*log_lines(Log(ORIGIN)), vrf_line(1), founder, keyring_line("invented"))
    )
    invented.append(invented.sign(unsigned._replace(time=unsigned.time - timedelta(days=730))))
    invented.disclose()
    assert broken(invented.leaves, checkpoint=invented.checkpoint()) == set()
    found = {("entry 0", Verdict.ORDER), ("entry 0", Verdict.ORIGIN)}
    assert broken(invented.leaves, fingerprint=known.fingerprint) == found


def test_new_history_by_who_holds_every_key_is_caught_by_who_saw_the_old_one() -> None:
    old, new = staffed(), staffed()
    old.disclose("what happened", by="m2")
    new.disclose("what should have happened", by="m2")
    new.disclose("more", by="m2")
    seen = old.checkpoint()
    assert broken(new.leaves, fingerprint=old.fingerprint, checkpoint=new.checkpoint()) == set()
    assert broken(new.leaves, fingerprint=old.fingerprint, checkpoint=seen) == {("checkpoint", Verdict.ORDER)}
    assert merkle.leaf_hash(old.leaves[4]) not in [merkle.leaf_hash(leaf) for leaf in new.leaves]  # the pin's half


def test_checkpoint_needs_both_signatures_under_the_keys_of_its_size() -> None:
    ledger = Ledger.founded()
    ledger.disclose()
    old_log = ledger.log
    ledger.change_log()
    ledger.disclose()
    tree = ledger.tree()
    both = ledger.log.sign(tree)
    text, first, second = tree.text, *note.parse(both).unverified_signatures
    assert broken(ledger.leaves, checkpoint=both) == set()
    for lines in (
        [first],
        [second],
        [old_log.ed25519.sign(text), second],
        note.parse(old_log.sign(tree)).unverified_signatures,
    ):
        with pytest.raises(Malformed, match=re.escape(f"signature by {ORIGIN}")):
            examine(ledger.leaves, checkpoint=note.render(text, lines))
