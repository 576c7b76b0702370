"""What can go wrong, sorted by what the caller can do about it. Bytes that break a format are `evidence.Malformed`."""


class VaultError(Exception):
    """A sentence that names the object, and a `hint` for the next step; holds no secret."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Misuse(VaultError):
    """The call makes no sense as given: say it otherwise."""


class Refused(VaultError):
    """Locked, or not allowed with these keys."""


class NotFound(VaultError):
    """No such object in this vault."""


class Stopped(VaultError):
    """Stopped by a rule of the vault, not by a fault."""


class Unavailable(VaultError):
    """A store cannot be reached or written now; nothing half-done is left, repeating is safe."""


class Unpinned(VaultError):
    """Written and durable, but this machine could not note that it saw it: not to be repeated."""


class Undecided(VaultError):
    """The disk failed at the commit: whether it was written shows when the vault is opened again."""


class Damaged(VaultError):
    """What is stored is not what was stored: evidence is broken or bytes are gone."""
