"""Asking a TSA over HTTP (RFC 3161 section 3.4). Whatever comes back is only bytes: `tokens.check` judges it."""

from time import monotonic

import urllib3

from vault.anchoring.reply import MAX_REPLY
from vault.errors import Unavailable, unreached

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0  # without a byte
TOTAL_SECONDS = 40.0  # [a server that sends a byte now and then holds a nightly job for days]

_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
_REFUSED = urllib3.exceptions.NewConnectionError  # to urllib3 a sort of time-out
_HINT = "repeat it later; see that vault.toml has the right url"


def ask(url: str, query: bytes, seconds: float = TOTAL_SECONDS) -> bytes:
    """The body of the answer to a POST of `query`: of type timestamp-reply, status 200, at most 64 KiB.

    Plain HTTP will do, since what matters in the answer is signed. Follows no redirect and tries once. `Unavailable`
    says what came instead; nothing was changed by asking.
    """
    until = monotonic() + seconds
    timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=min(READ_SECONDS, seconds))
    headers = {"Content-Type": _QUERY, "Accept": _REPLY, "User-Agent": "disclosure-vault"}
    try:
        with urllib3.PoolManager(num_pools=1) as pool:
            response = pool.request(
                "POST", url, body=query, headers=headers, timeout=timeout, retries=False, redirect=False,
                preload_content=False, decode_content=False,
            )  # fmt: skip
            try:
                _check_head(response, url)
                return _body(response, url, until)
            finally:
                response.close()
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as exc:
        if isinstance(exc, urllib3.exceptions.TimeoutError) and not isinstance(exc, _REFUSED):
            raise _slow(url) from exc
        raise Unavailable(f"{url} cannot be reached: {unreached(exc)}", _HINT) from exc


def _check_head(response: urllib3.BaseHTTPResponse, url: str) -> None:
    if response.status != 200:
        raise Unavailable(f"{url} answers with HTTP status {response.status}, not 200", _HINT)
    found = response.headers.get("Content-Type", "none").partition(";")[0].strip().lower()
    if found != _REPLY:
        raise Unavailable(f"{url} answers with {ascii(found)[1:-1][:60]}, not {_REPLY}", _HINT)


def _body(response: urllib3.BaseHTTPResponse, url: str, until: float) -> bytes:
    found = bytearray()
    while piece := response.read1(4096):
        found += piece
        if len(found) > MAX_REPLY:
            raise Unavailable(f"{url} answers with more than {MAX_REPLY} bytes", _HINT)
        if monotonic() > until:
            raise _slow(url)
    return bytes(found)


def _slow(url: str) -> Unavailable:
    return Unavailable(f"{url} does not answer in time", _HINT)
