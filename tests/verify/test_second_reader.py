"""What a second verifier, written from the documents alone, found this program to judge otherwise than they say."""

from pathlib import Path

import pytest

from tests.verify import folders, lists
from tests.verify.folders import filled, honest, short, write
from tests.verify.lists import GANZHOU, believing, complete
from tests.verify.test_proving import GOOD, KNOWN, LEDGER
from vault.evidence.consistency import Consistency
from vault.verify import proving
from vault.verify.auditing import Audit
from vault.verify.outside import Outside

FILED = lists.ledger()
LIST = bytes(complete(FILED, GANZHOU))


def judged(data: bytes, outside: Outside) -> str:
    judge = proving.kind_of(data)
    assert judge is not None
    found: Audit = judge(data, outside)
    return short(found)


@pytest.mark.parametrize(
    ("data", "outside"),
    [
        (bytes(GOOD).replace(b"\nkey\n", b"\nKey\n", 1), KNOWN),
        (LIST.replace(b"\ndisclosure\n", b"\nDisclosure\n", 1), Outside(policy=believing(FILED))),
    ],
    ids=["a key entry of a receipt", "a listed entry"],
)
def test_an_entry_that_cannot_be_read_breaks_integrity_and_nothing_else_is_looked_at(
    data: bytes, outside: Outside
) -> None:
    assert judged(data, outside) == "BNN"


def test_a_false_signature_of_a_listed_entry_breaks_origin_beside_its_place() -> None:
    at = LIST.index(b"\nentry ")
    line = LIST.index("— ".encode(), at)
    end = LIST.index(b"\n", line)
    changed = bytearray(LIST)
    changed[end - 20] = ord("A") if changed[end - 20] != ord("A") else ord("B")
    assert judged(bytes(changed), Outside(policy=believing(FILED))) == "PBB"


def test_a_consistency_proof_of_two_origins_breaks_order() -> None:
    old = LEDGER.checkpoint()
    made = Consistency(GOOD.keys, old.replace(LEDGER.origin.encode(), b"other.example/log", 1), LEDGER.checkpoint(), ())
    assert judged(bytes(made), KNOWN)[1] == "B"


def test_an_empty_checkpoint_of_the_index_is_no_checkpoint(tmp_path: Path) -> None:
    ledger = filled()
    folder = write(tmp_path, honest(ledger) | {"checkpoint-indexed": b""})
    assert folders.states(folders.judge(folder, Outside(ledger.fingerprint.hex())))["order"] == "B"
