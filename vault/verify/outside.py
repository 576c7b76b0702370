"""What a verifier brings from outside of what he verifies: all that makes more of it than its own word."""

from dataclasses import dataclass

from vault.evidence.policy import Policy
from vault.verify.following import State


@dataclass(frozen=True, slots=True)
class Outside:
    """A fingerprint (64 hex digits, empty if there is none), checkpoints kept from before, each with the name of its
    file, the state of an earlier look, the verifier's policy, root certificates of TSAs in DER.
    """

    fingerprint: str = ""
    kept: tuple[tuple[str, bytes], ...] = ()
    state: State | None = None
    policy: Policy | None = None
    tsa_roots: tuple[bytes, ...] = ()

    @property
    def expected(self) -> str:
        """The fingerprint to compare with: as said, else that of the policy."""
        return self.fingerprint or (self.policy.fingerprint.hex() if self.policy else "")

    @property
    def roots(self) -> tuple[bytes, ...]:
        """The roots under which time is judged."""
        return self.tsa_roots + (self.policy.tsa_roots if self.policy else ())
