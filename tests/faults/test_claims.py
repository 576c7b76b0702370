"""The judge itself: it hears what is false."""

import pytest

from tests.faults import claims
from tests.faults.strace import Outcome

TRUE = [
    (6, "hint: free space or mend the disk, then repeat; nothing was written", False),
    (1, "hint: mend it before anything else; entry 3 is in the ledger: do not repeat it", True),
    (1, "hint: dvault log tells whether it was written; look before you repeat it", True),
    (1, "hint: dvault log tells whether it was written; look before you repeat it", False),
    (1, "error: the vault was made, but is not your default", True),
    (0, "", True),
    (-9, "", True),
]
FALSE = [
    (6, "hint: free space or mend the disk, then repeat; nothing was written", True),
    (6, "error: the disk failed", True),
    (1, "error: the disk failed", True),
    (1, "hint: mend it, then repeat", True),
    (1, "hint: repeat it; nothing was written; entry 2 is in the ledger: do not repeat it", True),
    (1, "error: entry 0 was written, but not pinned", False),
    (6, "error: standard output: Input/output error", False),
]


@pytest.mark.parametrize(("code", "said", "written"), TRUE)
def test_what_is_so_passes(code: int, said: str, written: bool) -> None:
    claims.check(Outcome(code, "", said, ""), written=written)


@pytest.mark.parametrize(("code", "said", "written"), FALSE)
def test_what_is_not_so_is_heard(code: int, said: str, written: bool) -> None:
    with pytest.raises(AssertionError):
        claims.check(Outcome(code, "", said, ""), written=written)
