"""The chain: what anyone who owns all files can do to a ledger without the keys, and what is told of it in the end."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.ledgers import ORIGIN, Ledger, examine, signer
from tests.evidence.mutations import mutations
from vault.evidence import entry, merkle, note
from vault.evidence.chain import Chain
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State, Verdict


def story() -> Ledger:
    """Seven entries by three members."""
    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    ledger.admit("m3", "checkpointer")
    ledger.disclose("first", by="m2")
    ledger.disclose("second", by="m2")
    ledger.public("index", f"index 5 {base64_text(bytes(32))}", by="m3")
    ledger.disclose("third", by="m2")
    return ledger


STORY = story()
SEEN = STORY.checkpoint()


def verdicts(leaves: list[bytes], checkpoint: bytes | None = SEEN) -> set[tuple[Verdict, State]]:
    found = examine(leaves, ORIGIN, STORY.fingerprint, checkpoint)
    return {(fault.verdict, fault.state) for fault in found}


def is_broken(leaves: list[bytes], checkpoint: bytes | None = SEEN) -> bool:
    return any(state == State.BROKEN for _, state in verdicts(leaves, checkpoint))


def test_honest_ledger_has_no_fault() -> None:
    assert verdicts(STORY.leaves) == set()


@given(st.data(), st.integers(0, 6))
def test_changing_an_entry_is_caught(choices: st.DataObject, number: int) -> None:
    leaves = [*STORY.leaves]
    leaves[number] = choices.draw(mutations(leaves[number]).filter(lambda leaf: leaf != STORY.leaves[number]))
    assert is_broken(leaves, None)


@pytest.mark.parametrize("number", range(6))
def test_deleting_an_entry_is_caught(number: int) -> None:
    assert is_broken([*STORY.leaves[:number], *STORY.leaves[number + 1 :]], None)


@given(st.permutations(range(7)).filter(lambda order: order != [*range(7)]))
def test_reordering_entries_is_caught(order: list[int]) -> None:
    assert is_broken([STORY.leaves[number] for number in order], None)


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("number", range(7))
def test_inserting_an_entry_again_is_caught(place: int, number: int) -> None:
    assert is_broken([*STORY.leaves[:place], STORY.leaves[number], *STORY.leaves[place:]], None)


@pytest.mark.parametrize("place", range(8))
def test_inserting_an_entry_of_another_ledger_is_caught(place: int) -> None:
    for other in (Ledger.founded(), Ledger.founded("magnets.example/others")):
        other.disclose("forged")
        for leaf in other.leaves:
            if leaf not in STORY.leaves:
                assert is_broken([*STORY.leaves[:place], leaf, *STORY.leaves[place:]], None)


@pytest.mark.parametrize("size", range(7))
def test_truncating_is_caught_by_a_checkpoint_that_somebody_kept(size: int) -> None:
    assert (Verdict.ORDER, State.BROKEN) in verdicts(STORY.leaves[:size])


def test_last_entry_alone_can_be_cut_off_unseen_without_a_checkpoint() -> None:
    assert verdicts(STORY.leaves[:-1], None) == set()


def test_checkpoint_of_another_history_is_caught() -> None:
    other = story()
    other.leaves.pop()
    other.disclose("another third", by="m2")
    assert (Verdict.ORDER, State.BROKEN) in verdicts(STORY.leaves, other.checkpoint())
    assert verdicts(other.leaves, None) == set()


def test_checkpoint_of_an_earlier_size_holds() -> None:
    earlier = Ledger(leaves=STORY.leaves[:4])
    assert verdicts(STORY.leaves, earlier.checkpoint()) == set()


def rewritten(by: str, purpose: str) -> list[bytes]:
    """The story with entry 3 rewritten by the holder of a member's key, who mends the chain as far as he can."""
    forged = Ledger(leaves=STORY.leaves[:3])
    forged.disclose(purpose, by=by)
    for leaf in STORY.leaves[4:]:
        parsed = entry.parse(leaf)
        if parsed.unverified_signature.name == signer(by).name:
            forged.disclose(f"copy of {parsed.entry.seq}", by=by)
        else:
            forged.append(leaf)
    return forged.leaves


def test_holder_of_one_members_key_breaks_the_chain_where_another_signed() -> None:
    leaves = rewritten("m2", "harmless")
    faults = examine(leaves)
    assert [(fault.where, fault.verdict) for fault in faults if fault.state == State.BROKEN] == [
        ("entry 5", Verdict.ORDER)
    ]


def test_holder_of_the_last_signers_key_is_caught_by_the_checkpoint() -> None:
    leaves = [*STORY.leaves[:6]]
    forged = Ledger(leaves=leaves)
    forged.disclose("harmless", by="m2")
    assert verdicts(forged.leaves, None) == set()
    assert (Verdict.ORDER, State.BROKEN) in verdicts(forged.leaves)


def test_entry_of_another_member_cannot_be_signed_with_the_stolen_key() -> None:
    text = entry.parse(STORY.leaves[5]).entry.text
    stolen = signer("m2").sign(text)
    for name, key_id in (
        (signer("m3").name, stolen.key_id),
        (signer("m3").name, signer("m3").key.id),
        (stolen.name, stolen.key_id),
    ):
        leaf = note.render(text, [note.Signature(name, key_id, stolen.value)])
        assert (Verdict.ORIGIN, State.BROKEN) in verdicts([*STORY.leaves[:5], leaf], None)


def follow(leaves: list[bytes]) -> Chain:
    chain = Chain(ORIGIN)
    for leaf in leaves:
        chain.follow(entry.parse(leaf))
    return chain


def test_root_is_the_tree_over_the_leaves() -> None:
    for size in range(8):
        chain = follow(STORY.leaves[:size])
        assert chain.root == merkle.root(STORY.leaves[:size])
        assert chain.size == size


def test_chain_remembers_the_fingerprint_the_last_hash_and_the_transmittals() -> None:
    chain = follow(STORY.leaves)
    assert chain.fingerprint == STORY.fingerprint
    assert chain.last_hash == merkle.leaf_hash(STORY.leaves[-1])
    assert chain.last_time == entry.parse(STORY.leaves[-1]).entry.time
    assert chain.transmittals == 3
    assert (chain.steps_back, chain.unknown) == ([], [])
    assert follow([]).fingerprint == b""


def test_another_fingerprint_is_another_vault() -> None:
    faults = examine(STORY.leaves, ORIGIN, bytes(32))
    assert {(fault.verdict, fault.state) for fault in faults} == {
        (Verdict.ORDER, State.BROKEN),
        (Verdict.ORIGIN, State.BROKEN),
    }


def test_key_to_verify_with_is_that_of_the_signer_and_key_entries_are_done() -> None:
    chain = Chain(ORIGIN)
    keys = [chain.follow(entry.parse(leaf)).key for leaf in STORY.leaves]
    assert keys == [None, None, None, *(signer(name).key for name in ("m2", "m2", "m3", "m2"))]


def test_steps_back_and_unknown_kinds_are_named() -> None:
    ledger = Ledger.founded()
    early = ledger.entry_of("weather-report", ledger.build([("a", 1)]))
    ledger.append(ledger.sign(early))
    ledger.append(ledger.sign(ledger.entry_of("weather-report", ledger.build([("a", 1)]))).replace(b":41:", b":38:"))
    ledger.disclose()
    ledger.public("x", "sky blue")
    chain = follow(ledger.leaves)
    assert chain.steps_back == [2]
    assert chain.unknown == [1, 2, 4]


def test_two_entries_of_one_moment_are_no_step_back() -> None:
    ledger = Ledger.founded()
    same = entry.parse(ledger.leaves[0]).entry.time
    ledger.append(ledger.sign(ledger.entry_of("disclosure", ledger.build([("a", 1)]))._replace(time=same)))
    assert follow(ledger.leaves).steps_back == []


def test_faults_say_what_stood_where_something_else_was_expected() -> None:
    chain = follow(STORY.leaves[:3])
    judged = chain.follow(entry.parse(STORY.leaves[4]))
    previous = base64_text(merkle.leaf_hash(STORY.leaves[2]))
    found = base64_text(merkle.leaf_hash(STORY.leaves[3]))
    assert [str(fault) for fault in judged.faults] == [
        "entry 3: expected sequence number 3, found 4",
        f"entry 3: expected previous {previous}, found '{found}'",
    ]
    other = Ledger.founded("magnets.example/others")
    judged = chain.follow(entry.parse(other.leaves[0]))
    assert str(judged.faults[0]) == f"entry 4: expected origin {ORIGIN}, found 'magnets.example/others'"
    assert judged.key is None


def test_judging_goes_on_behind_a_fault() -> None:
    broken = STORY.leaves[4].replace(b"\ndisclosure\n", b"\nmisclosure\n")
    faults = examine([*STORY.leaves[:4], broken, *STORY.leaves[5:]])
    assert [fault.where for fault in faults] == ["entry 4", "entry 5"]


def test_bytes_that_are_no_entry_count_as_one() -> None:
    faults = examine([*STORY.leaves[:4], b"nothing", *STORY.leaves[5:]])
    assert [(fault.where, fault.verdict) for fault in faults] == [
        ("entry 4", Verdict.INTEGRITY),
        ("entry 5", Verdict.ORDER),
    ]
    chain = follow(STORY.leaves[:4])
    chain.skip(b"nothing")
    assert chain.root == merkle.root([*STORY.leaves[:4], b"nothing"])
    only = Chain(ORIGIN)
    only.skip(b"nothing")
    assert only.fingerprint == merkle.leaf_hash(b"nothing")


def test_refused_key_entry_leaves_the_keys_as_they_were() -> None:
    chain = follow(STORY.leaves)
    before = chain.keys
    refused = Ledger(leaves=[*STORY.leaves]).change_keys("remove m2", "remove m9")
    judged = chain.follow(refused)
    assert [(fault.where, fault.verdict, fault.state) for fault in judged.faults] == [
        ("entry 7", Verdict.ORIGIN, State.BROKEN)
    ]
    assert chain.keys is before
    assert judged.key is None


def test_entries_of_a_revoked_member_are_named_up_to_the_revocation() -> None:
    ledger = story()
    ledger.change_keys("revoke m2 4")
    chain = follow(ledger.leaves)
    assert chain.revoked_entries() == [(4, "m2"), (6, "m2")]
    assert [str(fault) for fault in chain.ending_faults()] == [
        "entry 4: expected a signer not revoked later, found 'm2'",
        "entry 6: expected a signer not revoked later, found 'm2'",
    ]
    assert {fault.state for fault in chain.ending_faults()} == {State.NOT_PROVEN}


def test_revocations_that_overlap_name_an_entry_once() -> None:
    ledger = story()
    ledger.change_keys("revoke m2 6")
    ledger.change_keys("revoke m2 3", "revoke m3 0")
    chain = follow(ledger.leaves)
    assert chain.revoked_entries() == [(3, "m2"), (4, "m2"), (5, "m3"), (6, "m2")]


def test_ledger_without_disclosures_proves_neither_order_nor_completeness() -> None:
    ledger = Ledger.founded()
    missing = {(Verdict.ORDER, State.NOT_PROVEN), (Verdict.COMPLETENESS, State.NOT_PROVEN)}
    assert {(fault.verdict, fault.state) for fault in follow(ledger.leaves).ending_faults()} == missing
    ledger.disclose()
    assert follow(ledger.leaves).ending_faults() == []


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "the kind": lambda leaf: leaf.replace(b"\ndisclosure\n", b"\ncorrection\n"),
    "the time": lambda leaf: leaf.replace(b"2026-", b"2025-"),
    "the root": lambda leaf: leaf.replace(b"record ", b"record A").replace(b"=\ntag", b"\ntag", 1),
    "a tag left out": lambda leaf: b"\n".join(line for line in leaf.split(b"\n") if not line.startswith(b"tag ")),
    "the signer": lambda leaf: leaf.replace(b"/m2 ", b"/m1 "),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_part_of_an_entry_can_be_changed(change: Callable[[bytes], bytes]) -> None:
    changed = change(STORY.leaves[6])
    assert changed != STORY.leaves[6]
    assert is_broken([*STORY.leaves[:6], changed], None)
