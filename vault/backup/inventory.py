"""All that lies in a bucket, listed once: which versions each name has, in the order in which a reader believes them.

docs/format/backup.md, Reading. Of a name that is written once the oldest version comes first: what was put on top of it
later, or hides it, is not ours. Nothing is believed by its place alone: the caller says whether it holds.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from vault.backup import layout
from vault.backup.store import ObjectStore, Version
from vault.errors import Damaged, NotFound
from vault.evidence.strict import Malformed

_T = TypeVar("_T")

Accept = Callable[[bytes], _T]
"""What the bytes say; `Malformed` or `Damaged` where they do not hold."""


class Inventory:
    """The versions of each name below the prefix."""

    def __init__(self, store: ObjectStore, prefix: str = "") -> None:
        self.store = store
        self._held: dict[str, list[Version]] = {}
        for version in store.versions(prefix):
            self._held.setdefault(version.key, []).append(version)

    def __contains__(self, key: str) -> bool:
        return bool(self.versions(key))

    def names(self, prefix: str = "") -> list[str]:
        """The names that have bytes in any version, sorted."""
        return sorted(key for key in self._held if key.startswith(prefix) and self.versions(key))

    def versions(self, key: str) -> list[Version]:
        """The versions of a name, the one to be believed first; markers are left out."""
        found = [version for version in self._held.get(key, []) if not version.marker]
        return found if key in layout.REPLACED else found[::-1]

    def find(self, key: str, version: str) -> Version | None:
        """One version, None if it is gone."""
        return next((one for one in self.versions(key) if one.id == version), None)

    def hidden(self) -> Iterator[str]:
        """Names of ours that a marker hides, and names written once that have a second version."""
        for key, versions in sorted(self._held.items()):
            if any(version.marker and version.latest for version in versions):
                yield f"{key} is hidden by a delete marker"
            if layout.is_ours(key) and key not in layout.REPLACED and len(self.versions(key)) > 1:
                yield f"{key} has {len(self.versions(key))} versions, and is written once"

    def strangers(self) -> list[str]:
        """Names that the format does not have, probes aside."""
        return [key for key in self.names() if not layout.is_ours(key) and not key.startswith("probe/")]

    def read(self, key: str, accept: Accept[_T], limit: int) -> _T:
        """What the first version that holds says. `NotFound` where there is none, `Damaged` where none holds."""
        versions, why = self.versions(key), ""
        for version in versions:
            if version.size > limit:
                why = why or f"{version.size} bytes, at most {limit} may be"
                continue
            try:
                return accept(self.store.read(key, version.id))
            except (Malformed, Damaged, NotFound) as exc:
                why = why or str(exc)
        if not versions:
            raise NotFound(f"{key} is not in the backup")
        raise Damaged(f"{key}: none of its {len(versions)} versions holds: {why}", "dvault backup verify --all")
