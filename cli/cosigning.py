"""What `dvault checkpoint --witness` does and tells."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cli import output
from vault import witnessing
from vault.archive import Archive
from vault.evidence.strict import utc_text
from vault.witnessing import Outcome


def asked(archive: Archive, note: bytes) -> tuple[bytes, list[Outcome]]:
    """The checkpoint with what the witnesses of vault.toml have added to it, and what came of asking each."""
    return witnessing.cosign(archive, note, archive.config.witnesses)


def shown(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The same for JSON; nothing where nobody was asked."""
    told = [
        {"name": one.name, "error": str(one.error)} if one.error else {"name": one.name, "time": utc_text(_when(one))}
        for one in outcomes
    ]
    return {"witnesses": told} if told else {}


def end(outcomes: Sequence[Outcome]) -> None:
    """Tell of each witness; raise the worst failure, if there is one. What the others signed is kept."""
    worst = witnessing.worst(outcomes)
    for one in outcomes:
        if one.error is None:
            output.say(f"witness {output.inert(one.name)} cosigned {output.local(_when(one))}")
        elif one.error is not worst:
            output.say(f"warning: {output.inert_lines(str(one.error))}")
    if worst is not None:
        raise worst


def _when(one: Outcome) -> datetime:
    return datetime.fromtimestamp(one.time, UTC)
