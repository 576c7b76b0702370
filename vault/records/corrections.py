"""Corrections: a later record that says what was wrong in an earlier one. Nothing is ever edited."""

from collections.abc import Mapping, Sequence

from vault.evidence import terms
from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, state, unique
from vault.records.fields import Group
from vault.records.parties import Snapshot

_SHARED = ("party:", "party-name:", "subject:", "subject-name:", "matter:")


def draft(
    target: tuple[str, int, Mapping[str, Value]],
    stated: Mapping[str, object],
    reason: str,
    *,
    void: bool = False,
) -> Draft:
    """The draft of a correction of `target`: its kind, entry number and the values of its record.

    `stated` are the new values by field name. It is filed under `entry:<seq>` and the target's party, subject and
    matter terms, so that no partial view can show the target and leave the correction out; and under the terms that
    its new values add.
    """
    kind, seq, values = target
    about, _ = state("correction", {"corrects": seq, "reason": reason, **({"void": True} if void else {})})
    changed = _changed(kind, stated)
    earlier = [str(v) for name, v in values.items() if name.startswith("term.") and str(v).startswith(_SHARED)]
    pairs = (*about, *changed[Group.APPROVED])
    filed = [terms.entry(seq), *earlier, *_added_terms(kind, values, dict(pairs))]
    return Draft("correction", pairs, unique(filed), tuple(changed[Group.TRANSMISSION]))


def _changed(kind: str, stated: Mapping[str, object]) -> dict[Group, list[Pair]]:
    changed = {}
    for group in Group:
        pairs, missing = state(kind, stated, group)
        changed[group] = [pair for pair in pairs if pair[0] not in missing]
    return changed


def _added_terms(kind: str, values: Mapping[str, Value], new: Mapping[str, Value]) -> Sequence[str]:
    if kind in ("party", "subject"):
        return Snapshot.of("", {**values, **new}).terms(kind)
    return [terms.category(str(value)) for name, value in new.items() if name.startswith("category.")]
