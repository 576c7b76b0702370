"""The check of a whole vault under its first address; it lives in `vault.checking`."""

from vault.checking.steps import check

__all__ = ["check"]
