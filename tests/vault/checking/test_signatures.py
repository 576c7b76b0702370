"""Many signatures: each is verified, whatever its place in the queue; every fault comes out once."""

from contextlib import suppress

import pytest

from tests.evidence.signers import Signer
from vault.checking.signatures import BATCH, PENDING, Job, Signatures
from vault.evidence.verdicts import Verdict

SIGNER = Signer("magnets.example/log/m1", "test signatures")
TEXT = "entry\n"
GOOD: Job = (SIGNER.key.public, TEXT.encode(), SIGNER.sign(TEXT).value, "good")


def judged(jobs: list[Job]) -> list[str]:
    """Where the faults are."""
    with Signatures() as signatures:
        found = [fault for job in jobs for fault in signatures.add(job)]
        found += signatures.finish()
        assert list(signatures.finish()) == []
        assert signatures.verified == len(jobs)
    assert {fault.verdict for fault in found} <= {Verdict.ORIGIN}
    return [fault.where for fault in found]


@pytest.mark.parametrize("count", [0, 1, BATCH - 1, BATCH, BATCH + 1, BATCH * (PENDING + 3) + 7])
def test_good_ones_give_no_fault(count: int) -> None:
    assert judged([GOOD] * count) == []


@pytest.mark.parametrize("count", [1, BATCH, BATCH * (PENDING + 3)])
def test_a_bad_one_is_found_at_any_place(count: int) -> None:
    public, text, signature, _ = GOOD
    for place in {0, count // 2, count - 1}:
        jobs = [GOOD] * count
        jobs[place] = (public, text + b"x", signature, f"job {place}")
        assert judged(jobs) == [f"job {place}"]


def test_leaving_early_waits_for_nothing() -> None:
    with suppress(KeyboardInterrupt), Signatures() as signatures:
        for _ in range(3 * BATCH):
            list(signatures.add(GOOD))
        raise KeyboardInterrupt
