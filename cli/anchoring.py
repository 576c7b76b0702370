"""What `dvault checkpoint --anchor` does and tells."""

from datetime import timedelta

from cli import output
from vault import stamping
from vault.archive import Archive
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse
from vault.evidence.strict import utc_text
from vault.stamping import Anchored


def is_due(archive: Archive, age: timedelta | None, *, renew: bool) -> bool:
    """Whether to ask anybody; tells if not."""
    if stamping.due(archive, age, renew=renew):
        return True
    output.say("nothing to anchor: the last anchor is young enough, or nothing was logged since")
    return False


def stamped(archive: Archive) -> tuple[bytes, dict[str, object]]:
    """Anchor the head; what came of it is told, and returned for JSON, with the newest note that was stamped."""
    made = stamping.anchor(archive)
    with output.acknowledging(f"the anchor is in the ledger as entry {made[-1].seq}"):
        for one in made:
            _tell(one)
    return made[-1].note, {"anchors": [_as_json(one) for one in made]}


def _tell(made: Anchored) -> None:
    for failure in made.failed:
        output.tell(f"warning: {output.inert(failure)}")
    for kept in made.kept:
        stamp = kept.stamp
        within = "no accuracy stated" if stamp.accuracy is None else f"within {stamp.accuracy.total_seconds():g} s"
        output.tell(f"stamped {utc_text(stamp.time)} by {output.inert(kept.tsa)}, {within}; entry {made.seq}")


def _as_json(made: Anchored) -> dict[str, object]:
    return {
        "entry": made.seq,
        "size": parse_text(parse(made.note).text).size,
        "tokens": [
            {
                "tsa": kept.tsa,
                "sha256": kept.digest,
                "time": utc_text(kept.stamp.time),
                "accuracy": None if kept.stamp.accuracy is None else kept.stamp.accuracy.total_seconds(),
                "policy": kept.stamp.policy,
                "until": utc_text(kept.stamp.until),
            }
            for kept in made.kept
        ],
        "failed": list(made.failed),
    }
