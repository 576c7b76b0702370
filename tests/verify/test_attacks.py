"""Who owns everything, database, keys and code, gives out another ledger: which verifier notices, and what it says.

tests/verify/attacks.py has what he does.
"""

from pathlib import Path

import pytest

from tests.verify.attacks import ATTACKS, TRUE, WHO, Attack, another_history, audited, honest_leaves, true_ledger
from tests.verify.folders import findings, honest, judge, short, write
from vault.evidence import merkle
from vault.verify.outside import Outside

__all__ = ["ATTACKS", "TRUE", "WHO", "true_ledger"]  # tests of other verifiers take them from here


@pytest.mark.parametrize(("who", "place"), [(who, place) for place, who in enumerate(WHO)], ids=WHO)
@pytest.mark.parametrize("attack", ATTACKS, ids=[case[0] for case in ATTACKS])
def test_attack_is_judged_as_documented(
    tmp_path: Path, attack: tuple[str, Attack, tuple[str, str, str, str], str], who: str, place: int
) -> None:
    found = audited(tmp_path, attack[1], WHO[who])
    assert short(found) == attack[2][place], findings(found)
    if who == "late" and attack[3]:
        assert any(attack[3] in one for one in findings(found)), findings(found)


def test_a_fork_names_both_roots(tmp_path: Path) -> None:
    found = audited(tmp_path, another_history, WHO["late"])
    said = next(one for one in findings(found) if "checkpoint in late" in one)
    roots = [merkle.root(TRUE.leaves).hex(), merkle.root(honest_leaves()[:7]).hex()]
    assert all(root in said for root in roots)


def test_revoked_entries_are_named_and_later_ones_broken(tmp_path: Path) -> None:
    ledger = true_ledger()
    ledger.change_keys("revoke m2 4")
    found = judge(write(tmp_path, honest(ledger)), Outside(ledger.fingerprint.hex()))
    assert short(found) == "PPN"
    assert next(one for one in findings(found) if "revoked later" in one).startswith("entry 4")
    ledger.disclose(by="m2")
    assert short(judge(write(tmp_path, honest(ledger)), Outside(ledger.fingerprint.hex()))) == "PPB"


def test_an_old_checkpoint_holds_after_the_log_keys_were_changed(tmp_path: Path) -> None:
    ledger = true_ledger()
    early = ledger.checkpoint()
    ledger.change_log()
    ledger.disclose(by="m2")
    found = judge(write(tmp_path, honest(ledger)), Outside(ledger.fingerprint.hex(), (("early", early),)))
    assert short(found) == "PPP"


def test_an_anchor_that_names_another_root_is_broken(tmp_path: Path) -> None:
    ledger = true_ledger()
    ledger.public("anchor", "checkpoint 3 " + "A" * 43 + "=", "token " + "ab" * 32)
    found = judge(write(tmp_path, honest(ledger)), Outside(ledger.fingerprint.hex()))
    assert short(found) == "PBP"
    assert any("anchor in entry 7" in one for one in findings(found))
