"""The attacks in brackets on a whole history: each is refused by a rule of docs/format.

Most attackers here own every file and the record key; some also a member's key. None can sign for others.
"""

import re
from datetime import timedelta

import pytest

from tests.evidence.attacked import broken, staffed
from tests.evidence.ledgers import (
    ORIGIN,
    Ledger,
    examine,
    keyring_line,
    log_lines,
    member_line,
    vrf_line,
)
from tests.evidence.signers import Log
from vault.evidence import merkle, note
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Verdict


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
