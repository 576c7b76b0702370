"""What can go wrong with keys, sorted by what the caller can do. Bytes that break a format are `evidence.Malformed`."""


class CannotUnlock(Exception):
    """The identity stays locked: another protector may open it. A sentence without secrets, and a `hint`."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class WrongPassphrase(CannotUnlock):
    """Ask again: the passphrase is not the right one, or not one that can be used. The message says which."""


class UnfitShares(CannotUnlock):
    """Recovery shares that make no secret, or another one: take other cards. The message holds none of their words."""
