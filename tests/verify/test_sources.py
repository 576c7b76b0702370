"""Where a ledger is read from: a folder that may hold anything, and web servers of every sort on loopback."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.verify.folders import ALONE, filled, findings, honest, judge, short, write
from vault.errors import Damaged, Misuse, NotFound, Unavailable
from vault.verify.auditing import audit
from vault.verify.outside import Outside
from vault.verify.sources import FolderSource, is_address, source_of
from vault.verify.walking import Effort
from vault.verify.web import HttpSource

LEDGER = filled(600)
FILES = honest(LEDGER)
KNOWN = Outside(LEDGER.fingerprint.hex())

Answer = Callable[[BaseHTTPRequestHandler, bytes | None], None]


def plain(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
    handler.send_response(200 if data is not None else 404)
    handler.send_header("Content-Length", str(len(data or b"")))
    handler.end_headers()
    handler.wfile.write(data or b"")


def status(code: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
        handler.send_response(code)
        handler.send_header("Location", "file:///etc/passwd")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def cut_off(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b"half")


def endless(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(bytes(1 << 16))


def slow(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b".")
        handler.wfile.flush()
        threading.Event().wait(0.05)


def silent(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
    threading.Event().wait(1)


def no_http(handler: BaseHTTPRequestHandler, data: bytes | None) -> None:
    handler.wfile.write(b"\0\1\2 not the web\r\n\r\n")


@contextmanager
def served(files: dict[str, bytes], answer: Answer = plain) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, files.get(self.path.removeprefix("/ledger/")))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it has
            pass

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ledger"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("effort", [ALONE, Effort(chunk=1, processes=2)], ids=["alone", "crew"])
def test_a_ledger_at_an_address_is_judged_as_in_a_folder(tmp_path: Path, effort: Effort) -> None:
    with served(FILES) as address:
        found = audit(HttpSource(address + "/"), KNOWN, effort)
    here = judge(write(tmp_path, FILES), KNOWN)
    assert short(found) == "PPP"
    assert findings(found) == findings(here)
    assert [done.step.number for done in found.steps if done.skipped] == [8, 10, 13, 14, 16]


def test_what_is_missing_at_an_address_is_broken() -> None:
    with served({name: data for name, data in FILES.items() if name != "tile/entries/001"}) as address:
        assert short(audit(HttpSource(address), KNOWN, ALONE)) == "BBP"


def test_no_checkpoint_at_an_address_is_no_ledger() -> None:
    with served({}) as address, pytest.raises(NotFound, match="holds no ledger in tile form"):
        audit(HttpSource(address), KNOWN, ALONE)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(500), "answers 500"),
        (status(403), "answers 403"),
        (status(302), "answers 302"),
        (status(206), "answers 206"),
        (cut_off, "was cut off on its way"),
        (slow, "takes more than"),
        (silent, "timed out"),
        (no_http, "cannot be read"),
    ],
)
def test_a_server_in_trouble_proves_nothing_and_breaks_nothing(answer: Answer, said: str) -> None:
    with served(FILES, answer) as address, pytest.raises(Unavailable, match=said):
        HttpSource(address, timeout=0.4, deadline=0.4).read("checkpoint", 1000)


def test_a_server_that_sends_without_end_is_cut_off() -> None:
    with served(FILES, endless) as address, pytest.raises(Damaged, match="more than the 1000 bytes"):
        HttpSource(address).read("checkpoint", 1000)


def test_nobody_listening_is_unavailable() -> None:
    with served(FILES) as address:
        pass
    with pytest.raises(Unavailable, match="refused"):
        HttpSource(address).read("checkpoint", 1000)


@pytest.mark.parametrize(
    "address",
    ["file:///etc", "ftp://log.example/x", "http://", "http:///x", "https://me:word@log.example/", "https://me@log.example/",
     "https://log.example/?a=b", "https://log.example/#x"],
)  # fmt: skip
def test_other_addresses_are_misuse(address: str) -> None:
    with pytest.raises(Misuse):
        HttpSource(address)


def test_what_is_an_address() -> None:
    assert [is_address(one) for one in ("HTTPS://log.example", "ledger", "http")] == [True, False, False]
    assert isinstance(source_of("http://log.example/x"), HttpSource)
    assert isinstance(source_of("x"), FolderSource)


def test_a_pipe_in_place_of_a_file_waits_for_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoint")
    with pytest.raises(Damaged, match="no regular file"):
        FolderSource(tmp_path).read("checkpoint", 10)


def test_a_file_that_is_too_long_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(bytes(11))
    with pytest.raises(Damaged, match="more than the 10 bytes"):
        FolderSource(tmp_path).read("checkpoint", 10)


def test_links_are_listed_and_not_entered(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "loop").symlink_to(tmp_path)
    (tmp_path / "ledger" / "nowhere").symlink_to(tmp_path / "none")
    assert list(FolderSource(tmp_path / "ledger").names()) == ["loop", "nowhere"]
