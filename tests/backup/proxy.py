"""A proxy between boto3 and the server that does what networks and servers do on bad days, some of it to each request.

Each fault is one sentence of `KINDS`. The proxy hands on what it is given and looks at nothing; with `rate` 0 it only
counts.
"""

import random
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

KINDS = {
    "500": "the server fails",
    "503": "the server asks to slow down",
    "reset": "the connection is reset when half of the request was read",
    "lost": "the request arrives, its answer never does",
    "stall": "nothing comes for longer than anybody waits",
    "truncated": "half of the answer comes",
    "duplicate": "the request arrives twice",
    "expired": "the credentials have expired",
    "skewed": "the clocks differ",
}
STALL_SECONDS = 2.5
_DROPPED = frozenset(("connection", "keep-alive", "transfer-encoding"))


def _error(code: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'.encode()


_ANSWERS = {
    "500": (500, _error("InternalError")),
    "503": (503, _error("SlowDown")),
    "expired": (400, _error("ExpiredToken")),
    "skewed": (403, _error("RequestTimeTooSkewed")),
}


class Proxy:
    """Listens on loopback for as long as the block lasts; `seen` counts requests, `done` faults by kind."""

    def __init__(self, server: str, rates: dict[str, float], seed: int = 1) -> None:
        self.rates, self._chance, self._lock = rates, random.Random(seed), threading.Lock()
        self.seen, self.done = 0, Counter[str]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, urlsplit(server).netloc))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fault(self) -> str:
        """The fault of the next request; empty if none."""
        with self._lock:
            self.seen += 1
            drawn = self._chance.random()
            for kind, rate in self.rates.items():
                if drawn < rate:
                    self.done[kind] += 1
                    return kind
                drawn -= rate
        return ""


def _handler(proxy: Proxy, server: str) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one class
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            fault = proxy.fault()
            length = int(self.headers.get("Content-Length", 0))
            if fault == "reset":
                self.rfile.read(length // 2)
                self._reset()
                return
            body = self.rfile.read(length)
            if fault in _ANSWERS:
                self._answer(*_ANSWERS[fault], {})
                return
            if fault == "stall":
                time.sleep(STALL_SECONDS)
                self._reset()
                return
            status, headers, data = self._forward(body)
            if fault == "duplicate":
                status, headers, data = self._forward(body)
            if fault == "lost":
                self._reset()
                return
            self._answer(status, data, headers, cut=fault == "truncated" and len(data) > 1)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            onward = HTTPConnection(server, timeout=30)
            try:
                onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("connection", "expect"):
                        onward.putheader(name, value)
                onward.endheaders(body)
                answer = onward.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            except (HTTPException, OSError):
                return 502, {}, b""
            finally:
                onward.close()

        def _answer(self, status: int, data: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in (*_DROPPED, "content-length"):
                    self.send_header(name, value)
            declared = next((value for name, value in headers.items() if name.lower() == "content-length"), None)
            length = declared if self.command == "HEAD" and declared else str(len(data))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data[: len(data) // 2] if cut else data)
            if cut:
                self.wfile.flush()
                self._reset()

        def _reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def finish(self) -> None:
            with suppress(OSError, ValueError):  # it was reset
                super().finish()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

        def handle(self) -> None:
            with suppress(OSError, ValueError):  # whoever called has had enough, or was cut off
                super().handle()

    return Handler
