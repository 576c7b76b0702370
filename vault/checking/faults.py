"""Errors met while checking, as faults: what could not be read now proves nothing, what is damaged is broken."""

from vault.errors import Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, State, Verdict, from_malformed

_LONGEST = 400  # characters of an error's sentence, which may name a path


def failed(where: str, expected: str, exc: VaultError | Malformed, verdict: Verdict = Verdict.INTEGRITY) -> Fault:
    """The fault that `exc` tells of at `where`."""
    if isinstance(exc, Malformed):
        return from_malformed(verdict, exc)
    state = State.NOT_PROVEN if isinstance(exc, Unavailable) else State.BROKEN
    return Fault(verdict, state, where, expected, ascii(str(exc))[1:-1][:_LONGEST])
