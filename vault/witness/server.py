"""A witness over HTTP: a WSGI application, and waitress in front of it. TLS is a reverse proxy's part."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from vault.errors import NotFound, VaultError
from vault.evidence import witness as wire
from vault.witness.judging import Declined, Witness

SECONDS = 20  # that a connection may be silent, be it in the middle of a request
CONNECTIONS = 200
THREADS = 4
MAX_HEADERS = 1 << 14  # bytes

_REASONS = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
    413: "Content Too Large", 422: "Unprocessable Entity", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
_READ = re.compile(r"/([0-9a-f]{64})/checkpoint", re.ASCII)
_TEXT = "text/plain; charset=utf-8"

Log = Callable[..., None]
"""`log(event, **fields)`; told nothing but counts and codes."""


class Server(Protocol):
    """What waitress gives: `run` until it is interrupted or closed."""

    effective_port: int

    def run(self) -> None:
        """Serve."""

    def close(self) -> None:
        """Stop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status code, a body and its type."""

    status: int
    body: bytes
    type: str = _TEXT


@dataclass(frozen=True, slots=True)
class Application:
    """`POST /add-checkpoint` and `GET /<hex SHA-256 of the origin>/checkpoint`.

    `log` hears of every answer; `trouble` what keeps the witness from answering, in a sentence for who runs it.
    """

    witness: Witness
    log: Log = lambda event, **fields: None
    trouble: Callable[[str], None] = lambda said: None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        try:
            answer = self._route(environ)
        except VaultError as exc:  # a damaged state, a full disk: for the operator, not for whoever asked
            self.trouble(str(exc))
            answer = _words(500, "this witness cannot answer; whoever runs it is told why")
        except OSError as exc:
            self.trouble(f"{exc.filename}: {exc.strerror}")
            answer = _words(500, "this witness cannot answer; whoever runs it is told why")
        self.log("answered", status=answer.status, bytes=len(answer.body))
        allow = [("Allow", "GET, HEAD, POST")] if answer.status == 405 else []
        headers = [("Content-Type", answer.type), ("Content-Length", str(len(answer.body))), *allow]
        start_response(f"{answer.status} {_REASONS[answer.status]}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    def _route(self, environ: dict[str, Any]) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        shown = _READ.fullmatch(path)
        if not shown and path != "/add-checkpoint":
            return _words(404, "no such path")
        if method not in (("GET", "HEAD") if shown else ("POST",)):
            return _words(405, "not by this method")
        return self._show(shown[1]) if shown else self._add(environ)

    def _add(self, environ: dict[str, Any]) -> Answer:
        body = environ["wsgi.input"].read(wire.MAX_REQUEST + 1)
        if len(body) > wire.MAX_REQUEST:
            return _words(413, f"at most {wire.MAX_REQUEST} bytes")
        try:
            return Answer(200, wire.render_cosignatures(self.witness.add_checkpoint(body)))
        except Declined as exc:
            if exc.told is not None:
                return Answer(exc.status, wire.render_size(exc.told), wire.SIZE_TYPE)
            return _words(exc.status, str(exc))

    def _show(self, digest: str) -> Answer:
        try:
            note = self.witness.states.known(digest).note
        except NotFound:
            note = None
        return Answer(200, bytes(note)) if note else _words(404, "no checkpoint of that origin was cosigned")


def _words(status: int, text: str) -> Answer:
    return Answer(status, f"{text}\n".encode("ascii", "backslashreplace"))


def listen(application: Application, host: str, port: int, seconds: int = SECONDS) -> Server:
    """A server that listens from now on; port 0 takes a free one. Raises OSError where it cannot."""
    from waitress import create_server

    server: Server = create_server(
        application,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=seconds,
        cleanup_interval=max(1, seconds // 4),
        max_request_body_size=wire.MAX_REQUEST,
        max_request_header_size=MAX_HEADERS,
        ident=None,
    )
    return server
