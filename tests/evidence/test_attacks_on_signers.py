"""The attacks in brackets by who signs what he may not, or as somebody else: each is refused by a rule of docs/format.

Most attackers here own every file and the record key; some also a member's key. None can sign for others.
"""

from datetime import timedelta

import pytest

from tests.evidence.attacked import broken, staffed
from tests.evidence.ledgers import (
    ORIGIN,
    LaterLog,
    Ledger,
    examine,
    keyring_line,
    log_lines,
    member_line,
    recipient,
    signer,
    vrf_line,
)
from tests.evidence.signers import Signer
from vault.evidence import entry, merkle, note
from vault.evidence.note import Key, Signature
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.verdicts import State, Verdict


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
