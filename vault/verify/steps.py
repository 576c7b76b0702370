"""The steps of a stranger, numbered as in docs/format/ledger.md and docs/expert.md, and how each went.

The one table: documents, output and code take the numbers from here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its number, its name, what it asks."""

    number: int
    name: str
    asks: str


STEPS = (
    Step(1, "read", "each entry is spelled as the format says"),
    Step(2, "place", "its origin, its number, the link to the entry before"),
    Step(3, "signer", "a member present at that point, in a role that may sign this kind"),
    Step(4, "signature", "holds under his key, by the strictest reading"),
    Step(5, "keys", "a genesis or key entry declares what the ledger can take"),
    Step(6, "fingerprint", "the genesis is the one known from outside"),
    Step(7, "checkpoint", "both log signatures, the root over all entries, no entry without it"),
    Step(8, "seen before", "a checkpoint kept from before is the beginning of this ledger"),
    Step(9, "anchors", "each names a root that this ledger had"),
    Step(10, "records", "each shown one is the record that its entry commits to"),
    Step(11, "in the end", "entries of revoked members, clocks set back, unknown kinds, no disclosure at all"),
    Step(12, "tiles", "each hash tile is that of the entries below it"),
    Step(13, "files", "nothing is missing that the checkpoint needs, and nothing else is there"),
    Step(14, "witnesses", "as many of the policy's witnesses cosigned as it asks for"),
    Step(15, "index", "each index entry states the root over the tags of all entries before it"),
    Step(16, "time", "each token holds over its note, under roots of the verifier; cosignatures of his witnesses"),
    Step(17, "bag", "each file of a bundle stands in one manifest, with its SHA-256; no other is there"),
    Step(18, "seal", "a member who may has signed the statement together with the manifests"),
    Step(19, "report", "counts and query of the statement are those of what is shown"),
    Step(20, "documents", "each is the one that the record of its entry names"),
)
BY_NAME = {step.name: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class Done:
    """How a step went: what it was over; `skipped` where it was not taken, and why."""

    step: Step
    over: str
    skipped: bool = False

    def __str__(self) -> str:
        """One line."""
        mark = "skipped: " if self.skipped else ""
        return f"{self.step.number:>2}  {self.step.name:<12}  {mark}{self.over}"


def done(name: str, over: str) -> Done:
    """The step of that name, taken."""
    return Done(BY_NAME[name], over)


def skipped(name: str, why: str) -> Done:
    """The step of that name, not taken."""
    return Done(BY_NAME[name], why, skipped=True)
