"""Roles are what one can decrypt: the one table of which role holds the keys of which purpose.

Whose signature counts for what is another question, answered by `vault.evidence.members`.
"""

from collections.abc import Iterable

CUSTODIAN = "custodian"  # holds every key, also of purposes that this program does not know

HELD = {
    "recorder": frozenset(("record", "index")),
    "auditor": frozenset(("record", "index")),
    "reader": frozenset(("record", "index", "content")),
    "checkpointer": frozenset(("record", "log")),
}


def holds(roles: Iterable[str], purpose: str) -> bool:
    """Whether a member with these roles holds the keys of `purpose`. KeyError for a role that does not exist."""
    return any(role == CUSTODIAN or purpose in HELD[role] for role in roles)
