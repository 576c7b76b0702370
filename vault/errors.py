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


class Unfinished(VaultError):
    """The entry is written and durable, and what has to follow it was cut short: not to be repeated, but to be gone on
    with."""


class Undecided(VaultError):
    """The disk failed at the commit: whether it was written shows when the vault is opened again."""


class Damaged(VaultError):
    """What is stored is not what was stored: evidence is broken or bytes are gone."""


_UNREACHED = {
    "ProtocolError": "it ended the connection in the middle of an answer, or does not speak HTTP",
    "IncompleteRead": "it ended the connection in the middle of an answer",
    "SSLError": "its TLS certificate is not accepted here",
    "NameResolutionError": "no machine of this name is known",
    "LocationParseError": "the address is none",
    "LocationValueError": "the address is none",
    "ReadTimeoutError": "no answer in time",
    "ConnectTimeoutError": "no connection in time",
}


def unreached(exc: BaseException) -> str:
    """Why a server was not reached, for people: the system's word where there is one, else what the error is.

    Never a library's whole sentence, which may hold foreign bytes.
    """
    cause: BaseException | None = exc
    while cause is not None:
        if "SSL" in type(cause).__name__:  # whose own words name files and lines of a library
            return _UNREACHED["SSLError"]
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return _UNREACHED.get(type(exc).__name__, type(exc).__name__)
