"""Lists judged by who has nothing else: complete, empty, by whose word; and what is tried with them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.evidence.ledgers import LaterLog, Ledger, index_key, vrf_line
from tests.evidence.signers import Signer, witness
from tests.verify import lists
from tests.verify.folders import findings, states
from tests.verify.lists import GANZHOU, NAME, NOBODY, OTHER, believing, complete, placed, term_proof
from vault.evidence import note
from vault.evidence.completeness import Completeness
from vault.evidence.index_proof import TermProof
from vault.evidence.note import ED25519_COSIGNATURE
from vault.evidence.verdicts import Verdict
from vault.evidence.vrf import term_input
from vault.verify import proving
from vault.verify.auditing import Audit
from vault.verify.completing import words
from vault.verify.outside import Outside

LEDGER = lists.ledger()
KNOWN = Outside(policy=believing(LEDGER))
GOOD = complete(LEDGER, GANZHOU)


def judge(made: Completeness, outside: Outside = KNOWN) -> Audit:
    data = bytes(made)
    judged = proving.kind_of(data)
    assert judged is not None
    return judged(data, outside)


def short(found: Audit) -> str:
    """Integrity, order, origin, completeness; time is never proven by a list."""
    said = states(found)
    assert said["time"] == "N"
    return said["integrity"] + said["order"] + said["origin"] + said["completeness"]


def test_all_of_a_term_is_proven_to_who_believes_an_auditor() -> None:
    found = judge(GOOD)
    assert short(found) == "PPPP", findings(found)
    assert found.report.passes(found.required)
    said = found.report.why(Verdict.COMPLETENESS)
    assert said == (
        "complete for: party LEI 529900T8BM49AURSDO55 (3 transmittals: entries 2, 4, 6, 7 correction);"
        " recomputed by auditor.example/a; one term, one tag: who is filed under another name or number is another term"
    )
    assert (found.report.entries, found.report.transmittals) == (4, 3)
    assert "as of checkpoint 9" in found.report.remarks[-1]
    assert [one.step.number for one in found.steps] == [1, 2, 3, 4, 5, 6, 7, 10, 11, 14, 15]
    assert [one.step.name for one in found.steps if one.skipped] == ["records"]


def test_nothing_is_proven_of_who_was_never_filed() -> None:
    found = judge(complete(LEDGER, NOBODY))
    assert short(found) == "PPPP"
    assert "party LEI 5493001KJTIIGC8Y1R12 (nothing was filed)" in found.report.why(Verdict.COMPLETENESS)
    assert found.report.entries == 0


def test_several_terms_are_told_one_by_one() -> None:
    found = judge(complete(LEDGER, GANZHOU, OTHER, NAME, NOBODY))
    assert short(found) == "PPPP"
    said = found.report.why(Verdict.COMPLETENESS)
    assert "party name ganzhou magnet co., ltd. (CN) (1 transmittal: entries 2)" in said
    assert "party VAT DE811907980 (2 transmittals: entries 3, 4)" in said
    assert found.report.transmittals == 4


def test_another_spelling_is_another_term_and_absent() -> None:
    """True of its bytes, and no answer to the question: so the verdict names the term."""
    found = judge(complete(LEDGER, "party-name:CN:ganzhou magnet co ltd"))
    assert short(found) == "PPPP"
    assert "party name ganzhou magnet co ltd (CN) (nothing was filed)" in found.report.why(Verdict.COMPLETENESS)


def test_one_generation_has_one_proof_a_term() -> None:
    made = lists.ledger(rotated=False)
    assert short(judge(complete(made, GANZHOU, NOBODY), Outside(policy=believing(made)))) == "PPPP"


def test_without_an_auditor_it_is_the_owners_word() -> None:
    for outside in (Outside(LEDGER.fingerprint.hex()), Outside(policy=believing(LEDGER, witness("other.example/a")))):
        found = judge(GOOD, outside)
        assert short(found) == "PPNN"
        assert "index recomputed by nobody independent" in found.report.why(Verdict.COMPLETENESS)
        assert "the owner's index says: party LEI" in found.report.remarks[0]
        assert not found.report.passes(found.required)


def test_without_a_fingerprint_it_vouches_for_itself() -> None:
    assert short(judge(GOOD, Outside())) == "PNNN"


def test_a_witness_is_no_auditor() -> None:
    seen = witness("witness.example/w")
    text = f"log {LEDGER.log.ed25519.key}\nwitness w {seen.key}\nquorum w\n"
    made = replace(GOOD, checkpoint=lists.audited(LEDGER, seen))
    found = judge(made, Outside(policy=believing(LEDGER, quorum=text)))
    assert short(found) == "PPNN"
    assert "cosigned by w at" in " ".join(found.report.shown[Verdict.ORDER])


def test_an_index_that_lacks_an_entry_is_the_owners_word_only() -> None:
    """[The owner signs an index that lacks what he hides, and a list to match.] No auditor cosigns that."""
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    lists.indexed(made, lacking=[4])
    given = complete(made, GANZHOU, lacking=[4])
    found = judge(replace(given, checkpoint=made.checkpoint()), Outside(policy=believing(made)))
    assert short(found) == "PPNN"
    assert "entries 2, 6, 7 correction" in found.report.remarks[0]


def test_a_ledger_without_disclosures_proves_no_absence() -> None:
    made = Ledger.founded()
    lists.indexed(made)
    assert short(judge(complete(made, NOBODY), Outside(policy=believing(made)))) == "PNPN"


def test_entries_of_a_revoked_member_are_named() -> None:
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    made.change_keys("revoke m2 6")
    lists.indexed(made)
    found = judge(complete(made, GANZHOU), Outside(policy=believing(made)))
    assert short(found) == "PPNP"
    assert {"entry 6: expected a signer not revoked later, found 'm2'"} < set(findings(found))


def test_a_checkpoint_that_was_kept_is_compared() -> None:
    assert short(judge(GOOD, replace(KNOWN, kept=(("mine", LEDGER.checkpoint()),)))) == "PPPP"
    early = Ledger(leaves=LEDGER.leaves[:4]).checkpoint()
    assert short(judge(GOOD, replace(KNOWN, kept=(("mine", early),)))) == "PNPP"
    other = Ledger(leaves=LEDGER.leaves[:-1])
    other.disclose(by="m2")
    assert short(judge(GOOD, replace(KNOWN, kept=(("mine", other.checkpoint()),)))) == "PBPP"


# What somebody tries who owns every key of the vault.


def grown(*, again: bool) -> Ledger:
    """One more disclosure, and perhaps an index after it."""
    made = Ledger(leaves=[*LEDGER.leaves], generation=2)
    made.record("disclosure", [("purpose", "hidden")], [GANZHOU], by="m2")
    return lists.indexed(made) if again else made


def an_entry_left_out() -> Completeness:
    return replace(GOOD, listed=(GOOD.listed[0], *GOOD.listed[2:]))


def all_entries_left_out() -> Completeness:
    return replace(GOOD, listed=())


def an_entry_put_in() -> Completeness:
    return replace(GOOD, listed=placed(LEDGER, [2, 3, 4, 6, 7]))


def an_entry_exchanged() -> Completeness:
    return replace(GOOD, listed=placed(LEDGER, [2, 3, 6, 7]))


def an_entry_of_another_ledger() -> Completeness:
    other = lists.ledger(rotated=False)
    return replace(GOOD, listed=(*GOOD.listed[:3], replace(GOOD.listed[3], leaf=other.leaves[6])))


def a_generation_left_out() -> Completeness:
    return replace(GOOD, proofs=GOOD.proofs[:1], listed=GOOD.listed[:2])


def a_rotation_left_out_with_its_generation() -> Completeness:
    return replace(a_generation_left_out(), keys=GOOD.keys[:2])


def an_older_index() -> Completeness:
    made = grown(again=True)
    keys = placed(made, [0, 1, 5])
    (old,) = placed(made, [8])
    checkpoint = lists.audited(made)
    return replace(GOOD, keys=keys, index=old, listed=placed(made, [2, 4, 6, 7]), checkpoint=checkpoint)


def an_index_that_is_not_the_last_leaf() -> Completeness:
    made = grown(again=False)
    keys, (index,) = placed(made, [0, 1, 5]), placed(made, [8])
    return replace(GOOD, keys=keys, index=index, listed=placed(made, [2, 4, 6, 7]), checkpoint=lists.audited(made))


def the_proof_of_another_term() -> Completeness:
    """The lists of OTHER, said to be those of GANZHOU."""
    proofs = tuple(
        replace(
            term_proof(LEDGER, OTHER, generation),
            unverified_shown=TermProof(
                GANZHOU, generation, index_key(LEDGER.origin, generation).prove(term_input(GANZHOU))
            ),
        )
        for generation in (1, 2)
    )
    return replace(GOOD, proofs=proofs, listed=placed(LEDGER, [3, 4]))


def the_path_of_another_term() -> Completeness:
    proofs = tuple(
        replace(mine, unverified_path=term_proof(LEDGER, NOBODY, generation).unverified_path)
        for generation, mine in enumerate(GOOD.proofs, 1)
    )
    return replace(GOOD, proofs=proofs, listed=())


def a_list_of_another_ledger() -> Completeness:
    other = Ledger.founded("other.example/log")
    other.disclose(by="m1")
    return complete(lists.indexed(other), NOBODY)


def a_checkpoint_of_another_size() -> Completeness:
    return replace(GOOD, checkpoint=lists.audited(grown(again=False)))


def a_cosignature_of_another_checkpoint() -> Completeness:
    other = note.parse(lists.audited(grown(again=True)))
    mine = note.parse(LEDGER.checkpoint())
    taken = next(one for one in other.unverified_signatures if one.name == lists.AUDITOR.name)
    return replace(GOOD, checkpoint=note.render(mine.text, [*mine.unverified_signatures, taken]))


def an_index_by_a_recorder() -> Completeness:
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    return complete(lists.indexed(made, by="m2"), GANZHOU)


def a_removal_left_out() -> Completeness:
    """m2 has left, and signs all the same."""
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    made.change_keys("remove m2")
    made.record("disclosure", [("purpose", "after")], [GANZHOU], by="m2")
    whole = complete(lists.indexed(made), GANZHOU)
    return replace(whole, keys=whole.keys[:-1])


def signed_by_who_has_left() -> Completeness:
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    made.change_keys("remove m2")
    made.record("disclosure", [("purpose", "after")], [GANZHOU], by="m2")
    return complete(lists.indexed(made), GANZHOU)


def under_other_log_keys() -> Completeness:
    return replace(GOOD, checkpoint=LaterLog(LEDGER.origin).sign(LEDGER.tree()))


def no_disclosures_counted() -> Completeness:
    """Kind `disclosure` under the path of a kind that there is not."""
    kinds = (*GOOD.kinds[:2], replace(GOOD.kinds[2], unverified_path=GOOD.proofs[0].unverified_path))
    return replace(GOOD, kinds=kinds)


@pytest.mark.parametrize(
    ("attack", "expected", "said"),
    [
        (an_entry_left_out, "PPPB", "expected 2 entries under tag"),
        (all_entries_left_out, "PPPB", "expected 2 entries under tag"),
        (an_entry_put_in, "PPPB", "entry 3: expected an entry under one of the terms"),
        (an_entry_exchanged, "PPPB", "expected 2 entries under tag"),
        (an_entry_of_another_ledger, "PBPN", "entry 7: expected number 7"),
        (a_generation_left_out, "PPPB", "expected a proof for each of 2 generations of the index key, found 1"),
        (a_rotation_left_out_with_its_generation, "PPBB", "kinds, key: expected 2 entries under tag"),
        (an_older_index, "PPPB", "index: expected the last entry of checkpoint 11, found 'entry 8'"),
        (an_index_that_is_not_the_last_leaf, "PPPB", "index: expected the last entry of checkpoint 10"),
        (the_proof_of_another_term, "PPPB", "term 1: expected the tag of its term"),
        (the_path_of_another_term, "PPPB", "term 1: expected "),
        (a_list_of_another_ledger, "PBBB", "expected the fingerprint"),
        (a_checkpoint_of_another_size, "PBBN", "entry 0: expected "),
        (a_cosignature_of_another_checkpoint, "PBNN", "index recomputed by nobody independent"),
        (an_index_by_a_recorder, "PPBP", "entry 8: expected an entry of kind index signed by a checkpointer"),
        (a_removal_left_out, "PPBB", "kinds, key: expected 3 entries under tag"),
        (signed_by_who_has_left, "PPBP", "entry 9: expected a signature by a member at this point"),
        (under_other_log_keys, "PBNN", "checkpoint: expected a signature by magnets.example/disclosures"),
        (no_disclosures_counted, "PPBB", "kinds, disclosure: expected "),
    ],
)
def test_what_is_tried_with_lists(attack: Callable[[], Completeness], expected: str, said: str) -> None:
    found = judge(attack())
    assert short(found) == expected, findings(found)
    assert any(said in one for one in findings(found)), findings(found)
    assert not found.report.passes(found.required)


@pytest.mark.parametrize("later", [False, True], ids=["in force", "of before a rotation"])
def test_the_log_is_no_auditor_under_any_name(later: bool) -> None:
    """[The owner gives out his log key as that of an auditor.]"""
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    posing = Signer("auditor.example/a", made.log.ed25519.word, ED25519_COSIGNATURE)
    if later:
        made.change_log()
    given = replace(complete(lists.indexed(made), GANZHOU), checkpoint=lists.audited(made, posing))
    found = judge(given, Outside(policy=believing(made, posing)))
    assert short(found) == "PPNN"
    assert any("auditor.example/a does not count: it is the log's own key" in one for one in found.report.remarks)


def test_every_byte_of_a_list_counts() -> None:
    """Whatever is changed is BROKEN, or is no proof at all; of a cosignature that it is not the auditor's."""
    data, judged = bytes(GOOD), proving.kind_of(bytes(GOOD))
    assert judged is not None
    for at in range(0, len(data), 83):
        changed = data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :]
        other = proving.kind_of(changed)
        assert other is None or not other(changed, KNOWN).report.passes(judged(data, KNOWN).required), at


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("party:lei:529900T8BM49AURSDO55", "party LEI 529900T8BM49AURSDO55"),
        ("subject-name:-:line 3: magnets", "subject name line 3: magnets"),
        ("matter:mofcom:2026-117", "matter mofcom 2026-117"),
        ("document:" + "ab" * 32, "document " + "ab" * 32),
        ("entry:17", "entry 17"),
    ],
)
def test_terms_are_told_in_words(term: str, said: str) -> None:
    assert words(term) == said


def test_a_new_index_key_without_entries_is_a_generation_too() -> None:
    made = Ledger(leaves=LEDGER.leaves[:-1], generation=2)
    made.change_keys(vrf_line(3))
    made.generation = 3
    lists.indexed(made)
    found = judge(complete(made, GANZHOU), Outside(policy=believing(made)))
    assert short(found) == "PPPP"
    assert "(3 transmittals: entries 2, 4, 6, 7 correction)" in found.report.why(Verdict.COMPLETENESS)
