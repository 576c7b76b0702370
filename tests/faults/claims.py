"""What a failed command says happened. [A false "nothing was written" has a clerk log twice; a false success loses
evidence.]"""

import re

from tests.faults.strace import Outcome

UNAVAILABLE = 6  # documented as safe to repeat

_DENIES = re.compile(r"nothing was written|(?<!do not )(?<!before you )\brepeat\b")
_AFFIRMS = re.compile(r"is in the ledger|was written, but|the vault was made|is there and whole")
_LEAVES_OPEN = re.compile(r"dvault log|dvault verify tells")


class Lost(AssertionError):
    """What was acknowledged is not there."""


def check(outcome: Outcome, *, written: bool) -> None:
    """Raise AssertionError if what was said of the ledger is not so; silence about what is there is false too."""
    said = outcome.stderr
    if outcome.killed or outcome.code == 0:
        return
    assert "standard output" not in said, f"blames what did not fail: {said}"
    denies = bool(_DENIES.search(said)) or outcome.code == UNAVAILABLE
    affirms = bool(_AFFIRMS.search(said))
    if written:
        assert not denies, f"says that nothing was written, and it was: {said}"
        assert affirms or _LEAVES_OPEN.search(said), f"does not say that it was written: {said}"
    else:
        assert not affirms, f"says that it was written, and it was not: {said}"
