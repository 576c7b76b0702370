"""A TSA on a loopback port, behind a small HTTP server that answers as it is told to."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from tests.anchoring.authority import Authority

REPLY_TYPE = "application/timestamp-reply"
Answer = Callable[[bytes], bytes]


class Server:
    """Answers a POST with what `answer` makes of it; its other attributes say how it misbehaves."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status, self.type = 200, REPLY_TYPE
        self.pieces, self.pause = 1, 0.0
        self.cut = 0
        self.asked: list[tuple[str, bytes]] = []
        self.url = ""
        self.closing = Event()

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        query = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.asked.append((handler.headers["Content-Type"], query))
        body = self.answer(query)
        handler.send_response(self.status)
        handler.send_header("Content-Type", self.type)
        handler.send_header("Content-Length", str(len(body)))
        if self.status == 302:
            handler.send_header("Location", self.url)
        handler.end_headers()
        body = body[: len(body) - self.cut]
        step = -(-len(body) // self.pieces) or 1
        for at in range(0, len(body), step):
            handler.wfile.write(body[at : at + step])
            handler.wfile.flush()
            self.closing.wait(self.pause)


@contextmanager
def served(answer: Authority | Answer) -> Iterator[Server]:
    """The server, running until the block ends."""
    behaviour = Server(answer.reply if isinstance(answer, Authority) else answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # the asker had enough
                behaviour.respond(self)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        behaviour.url = f"http://127.0.0.1:{server.server_port}/tsr"
        try:
            yield behaviour
        finally:
            behaviour.closing.set()
            server.shutdown()
            thread.join()


def asleep(_: bytes) -> bytes:
    """Answers too late."""
    time.sleep(0.6)
    return b""
