"""Receipts and consistency proofs, judged by who has nothing else; and what is tried with them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.evidence.ledgers import LaterLog, Ledger, index_key
from tests.evidence.trees import nodes_over
from tests.verify.folders import filled, findings, short
from vault.evidence import merkle, record
from vault.evidence.consistency import Consistency
from vault.evidence.note import parse as parse_note
from vault.evidence.proof import Proof
from vault.evidence.receipt import Filed, Receipt
from vault.evidence.verdicts import Verdict
from vault.evidence.vouched import Placed
from vault.evidence.vrf import term_input
from vault.verify import proving
from vault.verify.auditing import Audit
from vault.verify.outside import Outside

LEDGER = filled(9)
KNOWN = Outside(LEDGER.fingerprint.hex())
SEQ = 5


def receipt_of(ledger: Ledger, seq: int = SEQ, keys: tuple[int, ...] = (0, 1), note: bytes = b"") -> Receipt:
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in ledger.leaves])
    paths = [tuple(merkle.inclusion_proof(s, ledger.size, node)) for s in range(ledger.size)]
    shown = ledger.records[seq]
    key = index_key(ledger.origin, ledger.generation)
    filed = tuple(
        Filed(f"term.{n}", ledger.generation, key.prove(term_input(term))) for n, term in enumerate(shown.terms(), 1)
    )
    placed = tuple(Placed(ledger.leaves[s], s, paths[s]) for s in keys)
    return Receipt(
        placed, ledger.leaves[seq], shown, filed, Proof(seq, paths[seq], parse_note(note or ledger.checkpoint()))
    )


def judge(made: Receipt | Consistency | bytes, outside: Outside = KNOWN) -> Audit:
    data = bytes(made)
    judged = proving.kind_of(data)
    assert judged is not None
    return judged(data, outside)


GOOD = receipt_of(LEDGER)


def test_a_receipt_is_proven_as_far_as_it_can_be() -> None:
    found = judge(GOOD)
    assert short(found) == "PPN"
    assert found.report.passes(proving.REQUIRED)
    assert "all the key entries before it" in found.report.why(Verdict.ORIGIN)
    assert len(findings(found)) == 3  # with time and completeness
    assert found.fingerprint == KNOWN.fingerprint


def test_without_a_fingerprint_it_vouches_for_itself() -> None:
    assert short(judge(GOOD, Outside())) == "PNN"
    assert not judge(GOOD, Outside()).report.passes(proving.REQUIRED)


@pytest.mark.parametrize("names", [["purpose"], ["term.1"], ["purpose", "term.1"]])
def test_lines_may_be_withheld(names: list[str]) -> None:
    filed = () if "term.1" in names else GOOD.filed
    assert short(judge(replace(GOOD, record=record.withhold(GOOD.record, names), filed=filed))) == "PPN"


def test_a_term_without_a_proof_is_told() -> None:
    found = judge(replace(GOOD, filed=()))
    assert short(found) == "PPN"
    assert any("without a VRF proof (1)" in remark for remark in found.report.remarks)


def test_a_checkpoint_that_was_kept_is_compared() -> None:
    assert short(judge(GOOD, Outside(KNOWN.fingerprint, (("mine", LEDGER.checkpoint()),)))) == "PPN"
    early = Ledger(LEDGER.origin, LEDGER.leaves[:4]).checkpoint()
    assert short(judge(GOOD, Outside(KNOWN.fingerprint, (("mine", early),)))) == "PNN"
    other = Ledger(LEDGER.origin, LEDGER.leaves[:6])
    while other.size < LEDGER.size:
        other.disclose("another", by="m2")
    found = judge(GOOD, Outside(KNOWN.fingerprint, (("mine", other.checkpoint()),)))
    assert short(found) == "PBN"
    assert any("checkpoint in mine: expected root" in one for one in findings(found))


def other_record() -> Receipt:
    return replace(GOOD, record=LEDGER.records[6])


def mistagged() -> Receipt:
    """The entry carries the tag of another term than its record says."""
    ledger = filled(2)
    built = ledger.build([("purpose", "licence")], ["party:lei:529900T8BM49AURSDO55"])
    ledger.records[ledger.size] = built
    wrong = ledger.entry_of("disclosure", ledger.build([("purpose", "licence")], ["party:lei:9695005MSX1OYEMGDF46"]))
    ledger.append(ledger.sign(wrong._replace(record=built.root), "m2"))
    return receipt_of(ledger, ledger.size - 1)


def tag_of_an_old_generation() -> Receipt:
    proof = index_key(LEDGER.origin, 2).prove(term_input(GOOD.record.terms()[0]))
    return replace(GOOD, filed=(Filed("term.1", 2, proof),))


def by_nobody_known() -> Receipt:
    ledger = filled(3)
    built = ledger.build([("purpose", "more")], ["class:x"])
    ledger.records[ledger.size] = built
    ledger.append(ledger.sign(ledger.entry_of("disclosure", built), "m7"))
    return receipt_of(ledger, ledger.size - 1)


def admission_left_out() -> Receipt:
    return receipt_of(LEDGER, keys=(0,))


def admission_of_later() -> Receipt:
    """A member records, and is admitted afterwards."""
    ledger = Ledger.founded()
    built = ledger.build([("purpose", "more")], ["class:x"])
    ledger.records[ledger.size] = built
    ledger.append(ledger.sign(ledger.entry_of("disclosure", built), "m2"))
    ledger.admit("m2", "recorder")
    return receipt_of(ledger, 1, keys=(0, 2))


def under_other_log_keys() -> Receipt:
    later = LaterLog(LEDGER.origin)
    return receipt_of(LEDGER, note=later.sign(LEDGER.tree()))


def with_one_signature() -> Receipt:
    note = parse_note(LEDGER.checkpoint())
    one = note._replace(unverified_signatures=note.unverified_signatures[:1])
    return replace(GOOD, proof=replace(GOOD.proof, unverified_checkpoint=one))


def of_another_entry() -> Receipt:
    return replace(GOOD, entry=LEDGER.leaves[6])


def at_another_place() -> Receipt:
    return replace(GOOD, proof=replace(GOOD.proof, index=6))


def path_cut() -> Receipt:
    return replace(GOOD, proof=replace(GOOD.proof, hashes=GOOD.proof.hashes[:-1]))


def of_another_vault() -> Receipt:
    other = Ledger.founded("other.example/log")
    other.admit("m2", "recorder")
    for number in range(9):
        other.disclose(f"purpose {number}", by="m2")
    return receipt_of(other)


@pytest.mark.parametrize(
    ("attack", "expected", "said"),
    [
        (other_record, "BPN", "record: expected the record of entry 5"),
        (mistagged, "BPN", "term.1 of entry 4: expected a tag of the entry"),
        (tag_of_an_old_generation, "BPN", "index key generation 1, in force there"),
        (by_nobody_known, "PPB", "a signature by a member at this point"),
        (admission_left_out, "PPB", "a signature by a member at this point"),
        (admission_of_later, "PPB", "a signature by a member at this point"),
        (under_other_log_keys, "PBN", "a signature by magnets.example/disclosures"),
        (with_one_signature, "PBN", "a cosignature by"),
        (of_another_entry, "BBN", "entry: expected "),
        (at_another_place, "PBN", "entry: expected "),
        (path_cut, "PBN", "entry: expected as many hashes"),
        (of_another_vault, "PBB", "expected the fingerprint"),
    ],
)
def test_what_is_tried_with_receipts(attack: Callable[[], Receipt], expected: str, said: str) -> None:
    found = judge(attack())
    assert short(found) == expected, findings(found)
    assert any(said in one for one in findings(found)), findings(found)


def test_every_byte_of_a_receipt_counts() -> None:
    """Whatever is changed is BROKEN, or is an ML-DSA-44 or other byte whose signature fails, which is BROKEN too."""
    data = bytes(GOOD)
    for at in range(0, len(data), 41):
        changed = data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :]
        judged = proving.kind_of(changed)
        assert judged is None or "B" in short(judged(changed, KNOWN)), at


def between(old: Ledger, new: Ledger, hashes: tuple[bytes, ...] | None = None) -> Consistency:
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in new.leaves])
    proof = tuple(merkle.consistency_proof(old.size, new.size, node)) if hashes is None else hashes
    keys = tuple(Placed(new.leaves[s], s, tuple(merkle.inclusion_proof(s, new.size, node))) for s in (0, 1))
    return Consistency(keys, old.checkpoint(), new.checkpoint(), proof)


EARLY = Ledger(LEDGER.origin, LEDGER.leaves[:4])


def test_a_consistency_proof_is_proven_to_who_knows_the_fingerprint() -> None:
    found = judge(between(EARLY, LEDGER))
    assert short(found) == "PPN"
    assert "the 4 entries of the old checkpoint are the first of 11" in found.report.why(Verdict.ORDER)
    assert short(judge(between(LEDGER, LEDGER))) == "PPN"
    assert short(judge(between(EARLY, LEDGER), Outside())) == "PNN"


def test_a_fork_is_no_prefix() -> None:
    other = Ledger(LEDGER.origin, LEDGER.leaves[:3])
    other.disclose("another", by="m2")
    assert short(judge(between(other, LEDGER))) == "PBN"


def test_a_checkpoint_that_is_neither_of_the_two_is_told() -> None:
    found = judge(between(EARLY, LEDGER), Outside(KNOWN.fingerprint, (("mine", filled(1).checkpoint()),)))
    assert short(found) == "PNN"


def test_hashes_of_another_proof_are_broken() -> None:
    assert short(judge(between(EARLY, LEDGER, (bytes(32),) * 3))) == "PBN"
    assert short(judge(between(EARLY, LEDGER, ()))) == "PBN"


def test_checkpoints_by_other_log_keys_are_broken() -> None:
    made = between(EARLY, LEDGER)
    later = LaterLog(LEDGER.origin)
    assert short(judge(replace(made, old=later.sign(EARLY.tree())))) == "PBN"
    assert short(judge(replace(made, new=later.sign(LEDGER.tree())))) == "PBN"


def test_a_kept_checkpoint_of_a_fork_breaks_a_consistency_proof() -> None:
    """Of the same size as one of the two, with another root: two histories, and no mere lack of one."""
    other = Ledger(LEDGER.origin, LEDGER.leaves[:3])
    other.disclose("another", by="m2")
    assert other.size == EARLY.size
    found = judge(between(EARLY, LEDGER), Outside(KNOWN.fingerprint, (("mine", other.checkpoint()),)))
    assert short(found) == "PBN"
    assert any("checkpoint in mine: expected root" in one for one in findings(found))


def test_a_kept_checkpoint_signed_anew_is_the_same_head() -> None:
    """ML-DSA-44 signs otherwise each time; a witness adds a line. The head counts, not the bytes."""
    kept = LEDGER.checkpoint()
    made = between(EARLY, LEDGER)
    assert kept not in (made.old, made.new)
    assert short(judge(made, Outside(KNOWN.fingerprint, (("mine", kept),)))) == "PPN"


def test_who_stole_log_keys_that_were_changed_is_not_seen_by_a_receipt() -> None:
    """What docs/format/receipt.md says of key entries that are left out: the ledger shows it, a receipt cannot."""
    ledger = filled(2)
    old = ledger.log
    ledger.change_log()
    ledger.disclose(by="m2")
    shown = receipt_of(ledger, ledger.size - 1, keys=(0, 1, 4), note=ledger.checkpoint())
    assert short(judge(shown)) == "PPN"
    hidden = receipt_of(ledger, ledger.size - 1, keys=(0, 1), note=old.sign(ledger.tree()))
    found = judge(hidden)
    assert short(found) == "PPN"
    assert "that these are all the key entries before it" in found.report.why(Verdict.ORIGIN)
    assert "if the log keys shown are in force there" in found.report.why(Verdict.ORDER)
    assert short(judge(receipt_of(ledger, ledger.size - 1, keys=(0, 1, 4), note=old.sign(ledger.tree())))) == "PBN"
