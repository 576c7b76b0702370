"""A ledger in tile form behind an http or https address."""

import time
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from vault.errors import Misuse, NotFound, Unavailable
from vault.verify.sources import capped

TIMEOUT = 30.0  # seconds without a byte
DEADLINE = 120.0  # seconds for a file; the largest, a bundle, has at most 16 MiB
_PIECE = 1 << 16


class HttpSource:
    """What a web server gives out below an address. Follows no redirection, sends no credentials, trusts nothing."""

    def __init__(self, address: str, timeout: float = TIMEOUT, deadline: float = DEADLINE) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise Misuse(f"{address} is no address of a ledger", "like https://log.example/ledger")
        if parts.username is not None or parts.password is not None:
            raise Misuse("an address with a password is seen by others", "give the ledger out without one, or copy it")
        self.name = address.rstrip("/")
        self._timeout, self._deadline = timeout, deadline
        self._opener = OpenerDirector()  # not build_opener's: that one also opens file: and ftp:, and follows anywhere
        for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
            self._opener.add_handler(handler)

    def read(self, path: str, limit: int) -> bytes:
        """The body of a 200; 404 and 410 say that the file is not there, all else that it can't be told."""
        where = f"{self.name}/{path}"
        request = Request(where, headers={"User-Agent": "dvault", "Accept-Encoding": "identity"})  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                if response.status in (404, 410):
                    raise NotFound(f"{where} is not there")
                if response.status != 200:
                    raise Unavailable(f"{where} answers {response.status}", "name the address that it is given out at")
                return capped(self._body(response, limit, where), limit, where)
        except (HTTPException, OSError, ValueError) as exc:
            raise Unavailable(f"{where} cannot be read: {_reason(exc)}", "repeat it later") from exc

    def _body(self, response: object, limit: int, where: str) -> bytes:
        """At most one byte more than `limit`, within the deadline. [A server that sends a byte a minute.]"""
        end, data = time.monotonic() + self._deadline, bytearray()
        read = response.read1  # type: ignore[attr-defined]  # what came so far, where `read` waits for all of it
        while len(data) <= limit and (piece := read(min(_PIECE, limit + 1 - len(data)))):
            data += piece
            if time.monotonic() > end:
                raise Unavailable(f"{where} takes more than {self._deadline:.0f} seconds", "repeat it later")
        declared = response.length  # type: ignore[attr-defined]  # what of the declared length did not come
        if len(data) <= limit and declared:
            raise Unavailable(f"{where} was cut off on its way", "repeat it")
        return bytes(data)

    def names(self) -> None:
        """A web server does not say what else it has."""
        return


def _reason(exc: Exception) -> str:
    reason = getattr(exc, "reason", None) or exc
    return ascii(str(getattr(reason, "strerror", None) or reason))[1:-1][:200]
