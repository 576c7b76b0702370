"""Cosignatures that the verifier's witnesses made, and what hostile ones do: the audit judges them, and never ends."""

from pathlib import Path

from tests.evidence.ledgers import Ledger
from tests.evidence.signers import Signer, witness
from tests.verify.folders import filled, findings, honest, judge, short, states, write
from vault.evidence import note, policy
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import ED25519_COSIGNATURE
from vault.evidence.policy import Policy
from vault.verify.auditing import Audit
from vault.verify.outside import Outside

LEDGER = filled(2)
COUNSEL = witness("witness.example/counsel")
TIME = 1_790_000_000


def believing(cosigner: Signer, fingerprint: bytes = LEDGER.fingerprint) -> Policy:
    head = f"{policy.FORMAT}\nfingerprint {fingerprint.hex()}\n\n"
    return policy.parse(f"{head}witness counsel {cosigner.key}\nquorum counsel\n".encode())


def cosigned(ledger: Ledger, tree: Checkpoint, cosigner: Signer, time: int) -> bytes:
    signed = note.parse(ledger.log.sign(tree))
    return bytes(
        signed._replace(unverified_signatures=(*signed.unverified_signatures, cosigner.cosign(tree.text, time)))
    )


def audited(folder: Path, ledger: Ledger, checkpoint: bytes, cosigner: Signer = COUNSEL) -> Audit:
    found = Outside(policy=believing(cosigner, ledger.fingerprint))
    return judge(write(folder, honest(ledger) | {"checkpoint": checkpoint}), found)


def test_a_cosignature_of_no_date_is_no_evidence_of_time(tmp_path: Path) -> None:
    """[A cosignature may say 2^63 - 1 seconds: no calendar has that year, and the audit ended with a stack trace.]"""
    good = audited(tmp_path / "good", LEDGER, cosigned(LEDGER, LEDGER.tree(), COUNSEL, TIME))
    assert (short_of_order(good), states(good)["time"]) == ("PPP", "P")
    late = audited(tmp_path / "late", LEDGER, cosigned(LEDGER, LEDGER.tree(), COUNSEL, (1 << 63) - 1))
    assert (short_of_order(late), states(late)["time"]) == ("PNP", "N"), findings(late)


def short_of_order(found: Audit) -> str:
    said = states(found)
    return said["integrity"] + said["order"] + said["origin"]


def test_a_cosigned_checkpoint_over_more_than_can_be_is_broken(tmp_path: Path) -> None:
    """[Log and witness sign a size beyond 2^62.]"""
    tree = LEDGER.tree()._replace(size=(1 << 63) - 1)
    found = audited(tmp_path, LEDGER, cosigned(LEDGER, tree, COUNSEL, TIME))
    assert states(found)["order"] == "B"


def test_a_log_key_of_before_is_no_witness(tmp_path: Path) -> None:
    """[The log cosigns its second history with the key that it had last year.]"""
    ledger = filled(2)
    before = Signer("other.example/name", ledger.log.ed25519.word, ED25519_COSIGNATURE)
    ledger.change_log()
    ledger.disclose(by="m2")
    found = audited(tmp_path, ledger, cosigned(ledger, ledger.tree(), before, TIME), before)
    assert short(found) == "PNP"
    assert "the cosignature of counsel does not count: it is the log's own key" in found.report.remarks
