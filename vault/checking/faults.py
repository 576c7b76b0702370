"""Errors met while checking, as faults: what could not be read now proves nothing, what is damaged is broken."""

from vault.errors import Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven


def failed(where: str, expected: str, exc: VaultError | Malformed, verdict: Verdict = Verdict.INTEGRITY) -> Fault:
    """The fault that `exc` tells of at `where`."""
    if isinstance(exc, Malformed):
        return from_malformed(verdict, exc)
    judge = not_proven if isinstance(exc, Unavailable) else broken
    return judge(verdict, where, expected, str(exc))
