"""The one file and the program come to the same verdicts on receipts, consistency and completeness proofs.

No policy is given here: what one is worth stands in test_standalone_reports.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.evidence.ledgers import LaterLog, Ledger, member_line
from tests.evidence.trees import nodes_over
from tests.strangers import proofs
from tests.strangers.comparing import UNEXPLAINED, Compared, agree, alone_of_proof, compare_proof, run
from tests.strangers.ledgers import known
from tests.strangers.proofs import continued, forked, listed, revoked, rotated
from tests.strangers.soak import by_process_on_proof, on_proof
from tests.verify import lists, test_completing, test_proving
from vault.evidence import merkle
from vault.evidence.completeness import Completeness
from vault.evidence.consistency import Consistency
from vault.verify import standalone
from vault.verify.outside import Outside


def compare(made: object, outside: Outside = test_proving.KNOWN) -> Compared:
    """Both on an object that has bytes."""
    return compare_proof(bytes(made), outside)  # type: ignore[call-overload]


# Receipts.

RECEIPTS = [
    test_proving.other_record, test_proving.mistagged, test_proving.tag_of_an_old_generation,
    test_proving.by_nobody_known, test_proving.admission_left_out, test_proving.admission_of_later,
    test_proving.under_other_log_keys, test_proving.with_one_signature, test_proving.of_another_entry,
    test_proving.at_another_place, test_proving.path_cut, test_proving.of_another_vault,
]  # fmt: skip


@pytest.mark.parametrize("attack", RECEIPTS, ids=lambda attack: attack.__name__)
def test_it_agrees_on_what_is_tried_with_receipts(attack: Callable[[], object]) -> None:
    assert "B" in agree(compare(attack())).values()


def test_a_receipt_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "T-000001.receipt"
    path.write_bytes(bytes(test_proving.GOOD))
    code, found, said = run(path, "--fingerprint", test_proving.KNOWN.fingerprint)
    assert (code, found) == (0, "PPNNN")
    assert "skipped: approvals" in said
    assert run(path)[0] == 1
    path.write_bytes(b"hello\n")
    assert run(path)[0] == 2


# Consistency proofs.


BETWEEN = test_proving.between(test_proving.EARLY, test_proving.LEDGER)
LATER = LaterLog(test_proving.LEDGER.origin)
BETWEENS: dict[str, tuple[Callable[[], Consistency], str]] = {
    "good": (lambda: BETWEEN, "PPN"),
    "with itself": (lambda: test_proving.between(test_proving.LEDGER, test_proving.LEDGER), "PPN"),
    "a fork": (lambda: test_proving.between(forked(4), test_proving.LEDGER), "PBN"),
    "another root of one size": (
        lambda: test_proving.between(forked(test_proving.LEDGER.size), test_proving.LEDGER), "PBN"
    ),
    "other hashes": (lambda: replace(BETWEEN, hashes=(bytes(32),) * 3), "PBN"),
    "no hashes": (lambda: replace(BETWEEN, hashes=()), "PBN"),
    "one hash more": (lambda: replace(BETWEEN, hashes=(*BETWEEN.hashes, bytes(32))), "PBN"),
    "one hash fewer": (lambda: replace(BETWEEN, hashes=BETWEEN.hashes[:-1]), "PBN"),
    "as many hashes as may be": (lambda: replace(BETWEEN, hashes=(bytes(32),) * 126), "PBN"),
    "more hashes than may be": (lambda: replace(BETWEEN, hashes=(bytes(32),) * 127), "BNN"),
    "turned round": (lambda: replace(BETWEEN, old=BETWEEN.new, new=BETWEEN.old), "PBB"),
    "old by other keys": (lambda: replace(BETWEEN, old=LATER.sign(test_proving.EARLY.tree())), "PBN"),
    "new by other keys": (lambda: replace(BETWEEN, new=LATER.sign(test_proving.LEDGER.tree())), "PBN"),
    "a key entry left out": (lambda: replace(BETWEEN, keys=BETWEEN.keys[:1]), "PPN"),
    "no genesis": (lambda: replace(BETWEEN, keys=BETWEEN.keys[1:]), "PBB"),
    "no checkpoint": (lambda: replace(BETWEEN, old=b"hello\n"), "BNN"),
}  # fmt: skip


@pytest.mark.parametrize("name", BETWEENS)
def test_it_agrees_on_consistency_proofs(name: str) -> None:
    made, expected = BETWEENS[name]
    found = agree(compare(made()))
    assert found["integrity"] + found["order"] + found["origin"] == expected
    assert agree(compare(made(), Outside()))["order"] != "P"


def test_it_judges_hashes_between_all_sizes() -> None:
    leaves = [bytes([number]) for number in range(20)]
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in leaves])
    heads = [standalone.Head("x", size, merkle.root(leaves[:size])) for size in range(21)]
    for new in heads[1:]:
        for old in heads[1 : new.size + 1]:
            hashes = list(merkle.consistency_proof(old.size, new.size, node))
            standalone.check_prefix(old, new, hashes)
            for other in ([*hashes, new.root], hashes[:-1] or [old.root], [old.root, *hashes], hashes[::-1]):
                assert other == hashes or refused(old, new, other)
            assert refused(old, new._replace(root=bytes(32)), hashes)
            assert refused(old._replace(root=bytes(32)), new, hashes)
            assert old == new or refused(new, old, hashes)
        assert refused(heads[0], new, [])
        assert refused(new._replace(origin="y"), new, [])


def refused(old: standalone.Head, new: standalone.Head, hashes: list[bytes]) -> bool:
    try:
        standalone.check_prefix(old, new, hashes)
    except standalone.Refused:
        return True
    return False


def test_it_judges_paths_at_all_places() -> None:
    leaves = [bytes([number]) for number in range(20)]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for size in range(1, 21):
        head = standalone.Head("x", size, merkle.root(leaves[:size]))
        for seq in range(size):
            path = list(merkle.inclusion_proof(seq, size, nodes_over(hashes)))
            standalone.check_path(hashes[seq], seq, path, head)
            for other in ([*path, head.root], path[:-1] or [head.root], [hashes[seq], *path]):
                with pytest.raises(standalone.Refused):
                    standalone.check_path(hashes[seq], seq, other, head)
            for place in {*range(size + 2)} - {seq}:
                with pytest.raises(standalone.Refused):
                    standalone.check_path(hashes[seq], place, path, head)


# Completeness proofs.

LISTED = Outside(test_completing.LEDGER.fingerprint.hex())
LISTS = [
    test_completing.an_entry_left_out, test_completing.all_entries_left_out, test_completing.an_entry_put_in,
    test_completing.an_entry_exchanged, test_completing.an_entry_of_another_ledger,
    test_completing.a_generation_left_out, test_completing.a_rotation_left_out_with_its_generation,
    test_completing.an_older_index, test_completing.an_index_that_is_not_the_last_leaf,
    test_completing.the_proof_of_another_term, test_completing.the_path_of_another_term,
    test_completing.a_list_of_another_ledger, test_completing.a_checkpoint_of_another_size,
    test_completing.an_index_by_a_recorder, test_completing.a_removal_left_out,
    test_completing.signed_by_who_has_left, test_completing.under_other_log_keys,
    test_completing.no_disclosures_counted,
]  # fmt: skip


@pytest.mark.parametrize("attack", LISTS, ids=lambda attack: attack.__name__)
def test_it_agrees_on_what_is_tried_with_lists(attack: Callable[[], Completeness]) -> None:
    assert "B" in agree(compare(attack(), LISTED)).values()


def test_a_list_is_the_owners_word_to_a_program_that_knows_no_auditor() -> None:
    for terms in [(lists.GANZHOU,), (lists.NOBODY,), (lists.GANZHOU, lists.OTHER, lists.NAME, lists.NOBODY)]:
        made = lists.complete(test_completing.LEDGER, *terms)
        assert compare(made, LISTED)[:3] == ("PPNNN", "PPNNN", "")
        assert compare(made, Outside())[:3] == ("PNNNN", "PNNNN", "")
    theirs = alone_of_proof(bytes(test_completing.GOOD), LISTED)
    assert "index recomputed by nobody independent" in theirs.verdict("completeness")[1][0]
    first, second = theirs.remarks
    assert first.startswith("filed under 'party:lei:529900T8BM49AURSDO55', index key 1")
    assert first.endswith("disclosure 2, disclosure 4")
    assert second.endswith("disclosure 6, correction 7")
    assert compare(test_completing.GOOD, Outside("00" * 32))[:3] == ("PBBNB", "PBBNB", "")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lists.ledger(rotated=False), "PPNNN"),
        (lists.indexed(Ledger.founded()), "PNNNN"),
        (revoked(), "PPNNN"),
        (rotated(), "PPNNN"),
    ],
    ids=["one index key", "no disclosure", "a member revoked", "a key that nothing is under"],
)
def test_it_agrees_on_lists_of_other_ledgers(made: Ledger, expected: str) -> None:
    assert compare(lists.complete(made, lists.GANZHOU, lists.NOBODY), known(made))[:2] == (expected, expected)


def test_an_index_that_lacks_an_entry_is_not_noticed_by_its_list_alone() -> None:
    lacking = lists.indexed(continued(), lacking=[4])
    made = lists.complete(lacking, lists.GANZHOU, lacking=[4])
    assert compare(made, known(lacking))[:2] == ("PPNNN", "PPNNN")


def test_it_names_entries_of_a_member_who_was_revoked() -> None:
    made = revoked()
    theirs = alone_of_proof(bytes(lists.complete(made, lists.GANZHOU)), known(made))
    told = [what for _, _, what in theirs.faults if "revoked" in what]
    assert told == [f"entry {seq}: its signer m2 was revoked later" for seq in (6, 7)]


def test_it_agrees_on_proofs_of_terms_out_of_order_or_of_no_generation() -> None:
    one, two = test_completing.GOOD.proofs
    other = lists.complete(test_completing.LEDGER, lists.OTHER).proofs
    three = lists.term_proof(test_completing.LEDGER, lists.GANZHOU, 3)
    for terms, expected in [
        ((two, one), "BNNNN"),
        ((*other, one, two), "BNNNN"),
        ((one, one, two), "BNNNN"),
        ((two,), "BNNNN"),
        ((), "BNNNN"),
        ((one, two, three), "PPNNB"),
    ]:
        assert compare(replace(test_completing.GOOD, proofs=terms), LISTED)[:2] == (expected, expected)


def test_it_agrees_on_an_index_before_what_is_listed() -> None:
    """By who could sign it then and has left since: of the wrong place, not of the wrong signer."""
    made = Ledger.founded()
    made.change_keys(member_line("m2", "custodian"))
    lists.indexed(made)
    made.change_keys("remove m1", by="m2")
    made.record("disclosure", [("purpose", "audit")], [lists.GANZHOU], by="m2")
    lists.indexed(made, by="m2")
    (old,) = lists.placed(made, [2])
    found = compare(replace(lists.complete(made, lists.GANZHOU), index=old), known(made))
    assert found[:2] == ("PPNNB", "PPNNB")


def test_a_list_and_a_consistency_proof_by_themselves(tmp_path: Path) -> None:
    path = tmp_path / "proof"
    path.write_bytes(bytes(test_completing.GOOD))
    code, found, said = run(path, "--fingerprint", LISTED.fingerprint)
    assert (code, found) == (1, "PPNNN")
    assert "filed under 'party:lei:529900T8BM49AURSDO55', index key 1, says the owner's index: disclosure 2" in said
    assert "no auditor of yours, no ledger" in said
    assert run(path, "--fingerprint", LISTED.fingerprint, "--require", "integrity,order")[0] == 0
    path.write_bytes(bytes(BETWEEN))
    assert run(path, "--fingerprint", test_proving.KNOWN.fingerprint)[:2] == (0, "PPNNN")


# All of them, compared with checkpoints that were kept; and a sample of `python -m tests.soak strangers`.


@pytest.mark.parametrize("name", proofs.NAMES)
def test_it_agrees_on_each_proof_whatever_is_known(name: str) -> None:
    said = [compare_proof(proofs.proofs()[name][0], outside) for outside in proofs.outsides(name)]
    assert not any(found.why for found in said)
    assert [found.ours[1] for found in said[3:]] in (["B", "N", "B"], ["B", "B", "B"])  # a fork, nothing, another vault


def test_the_samples_are_all_of_them() -> None:
    assert list(proofs.proofs()) == proofs.NAMES
    assert listed().leaves == test_completing.LEDGER.leaves


@settings(max_examples=80, deadline=None)
@given(trial=proofs.TRIALS)
def test_it_agrees_whatever_is_changed_in_a_proof(trial: tuple[str, list[tuple[str, int, int, str]], int]) -> None:
    found = on_proof(*trial)
    assert found.why != UNEXPLAINED, found


def test_both_programs_say_by_themselves_what_they_say_here() -> None:
    for trial in [("list", [("part dropped", 13, 0, "list")], 0), ("receipt", [("byte", 9000, 1, "")], 1)]:
        found = by_process_on_proof(*trial)
        assert found.why != UNEXPLAINED, found
