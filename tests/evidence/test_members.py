"""Key history: whose signature counts at which entry, and under which keys checkpoints stand."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from tests import vectors
from tests.evidence.ledgers import (
    ORIGIN,
    Ledger,
    examine,
    index_key,
    keyring_line,
    log_lines,
    member_line,
    seed,
    signer,
    vrf_line,
)
from tests.evidence.signers import Log
from vault.evidence import entry
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KeyHistory, Revocation, roles_for
from vault.evidence.strict import Malformed


@pytest.mark.parametrize("case", vectors.read("key-histories"), ids=lambda case: case["name"])
def test_own_vectors_of_key_histories(case: vectors.Case) -> None:
    leaves = [text.encode() for text in (case["genesis"], *case["entries"])]
    faults = [[fault.where, fault.verdict, fault.state] for fault in examine(leaves, case["origin"])]
    assert sorted(faults) == sorted(case["faults"])
    assert any(state == "BROKEN" for _, _, state in case["faults"]) == (case["expect"] == "reject")


def history_of(ledger: Ledger) -> KeyHistory:
    history = KeyHistory(ledger.origin)
    for leaf in ledger.leaves:
        signed = entry.parse(leaf)
        history.signer(signed, "entry")
        history = history.after(signed, "entry")
    return history


def next_of(ledger: Ledger, append: Callable[[Ledger], SignedEntry]) -> SignedEntry:
    return append(deepcopy(ledger))


def test_genesis_declares_all_that_is_needed() -> None:
    history = history_of(Ledger.founded())
    assert list(history.members) == ["m1"]
    assert history.members["m1"].key == signer("m1").key
    assert history.log == Log(ORIGIN).keys
    assert history.vrfs == {1: index_key(ORIGIN, 1).public}
    assert (history.generation, history.joined) == (1, 1)
    assert history.keyring == seed("test keyring 0")


def test_entries_without_keys_change_nothing() -> None:
    ledger = Ledger.founded()
    history = history_of(ledger)
    assert history.after(ledger.disclose(), "entry 1") is history


def test_state_before_is_left_as_it_was() -> None:
    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    before = history_of(ledger)
    kept = deepcopy(before)
    lines = [*log_lines(Log(f"{ORIGIN}")), vrf_line(2), member_line("m3", "reader"), "revoke m2 1"]
    good = next_of(ledger, lambda made: made.change_keys(*lines[2:]))
    after = before.after(good, "entry 2")
    assert before == kept != after
    with pytest.raises(Malformed):
        before.after(next_of(ledger, lambda made: made.change_keys(*lines)), "entry 2")
    assert before == kept
    assert list(after.members) == ["m1", "m3"]
    assert after.revocations == [Revocation("m2", 1, 2)]
    assert after.generation == 2


def test_every_checkpoint_is_for_the_keys_after_its_last_entry() -> None:
    ledger = Ledger.founded()
    first = ledger.log.keys
    ledger.disclose()
    ledger.change_log()
    ledger.disclose()
    history = history_of(ledger)
    assert [history.log_at(size) for size in (1, 2, 3, 4, 99)] == [first, first, *[ledger.log.keys] * 3]
    assert history.log == ledger.log.keys != first


def test_ledger_without_a_good_genesis_has_no_log_keys() -> None:
    for history, size in ((KeyHistory(ORIGIN), 1), (history_of(Ledger.founded()), 0)):
        with pytest.raises(Malformed, match=f"^log keys: expected a genesis among the first {size} entries$"):
            history.log_at(size)
    with pytest.raises(Malformed, match=r"^log keys: "):
        _ = KeyHistory(ORIGIN).log


def test_roles_follow_the_kind() -> None:
    assert roles_for("key") == {"custodian"}
    assert roles_for("index") == {"checkpointer", "custodian"}
    assert roles_for("disclosure") == roles_for("never-heard-of") == {"recorder", "reader", "custodian"}
    assert not any("auditor" in roles_for(kind) for kind in ("genesis", "key", "index", "disclosure", "x"))


def test_signer_is_named_by_what_the_line_says_and_what_was_expected() -> None:
    ledger = Ledger.founded()
    ledger.admit("m2", "auditor")
    history = history_of(ledger)
    stranger, auditor = (next_of(ledger, lambda made, by=by: made.disclose(by=by)) for by in ("m3", "m2"))  # type: ignore[misc]
    with pytest.raises(Malformed, match=r"^entry 2: expected a signature by a member at this point .* found '.*/m3'"):
        history.signer(stranger, "entry 2")
    with pytest.raises(Malformed, match="an entry of kind disclosure signed by a custodian or reader or recorder"):
        history.signer(auditor, "entry 2")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([vrf_line(3)], "index key generation 2, found 3"),
        ([member_line("m3", "reader")], "the next member to be m2, found 'm3'"),
        (["remove m7"], "a present member to remove, found 'm7'"),
        (["revoke m7 0"], "a known member and an entry up to 1, found 'm7 0'"),
        (["revoke m1 0"], "a revocation by another custodian, found 'm1'"),
        (["remove m1"], "a custodian among the members"),
        ([vrf_line(1).replace("vrf 1", "vrf 2")], "a key never used before in this ledger, found '80356"),
        ([member_line("m1", "custodian,recorder"), "remove m1"], "each member in one line only, found 'm1 m1'"),
    ],
)
def test_error_says_what_the_key_entry_breaks(lines: list[str], message: str) -> None:
    ledger = Ledger.founded()
    changed = next_of(ledger, lambda made: made.change_keys(*lines))
    with pytest.raises(Malformed, match=f"^entry 1: expected {message}"):
        history_of(ledger).after(changed, "entry 1")


def test_keyring_of_the_newest_key_entry_is_in_force() -> None:
    ledger = Ledger.founded()
    ledger.public("key", keyring_line("new"))
    ledger.disclose()
    assert history_of(ledger).keyring == seed("test keyring new")


def test_a_state_stays_as_it_is_when_the_next_one_declares_log_keys() -> None:
    ledger = Ledger.founded()
    before = history_of(ledger)
    after = before.after(ledger.change_log(), "entry 1")
    assert (len(before.logs), len(after.logs)) == (1, 2)


def test_a_genesis_is_signed_by_a_custodian() -> None:
    assert roles_for("genesis") == {"custodian"}
