"""A bucket as a ledger in tile form: what `dvault verify s3://…` reads, without any vault key."""

from collections.abc import Iterator

from vault.backup.store import ObjectStore
from vault.errors import Damaged


class BucketSource:
    """The newest version of each name, as any monitor sees it. Trusts nothing."""

    def __init__(self, store: ObjectStore, name: str) -> None:
        self._store = store
        self.name = name

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of one object."""
        data = self._store.read(path, size=limit + 1)
        if len(data) > limit:
            raise Damaged(f"{self.name}/{path} has more than the {limit} bytes that it may have")
        return data

    def names(self) -> Iterator[str] | None:
        """Not listed: sealed things lie beside it, and what a run that broke off has put ahead of its checkpoint."""
        return None
