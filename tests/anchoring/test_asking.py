"""Asking over HTTP: a true answer comes as it was sent; each way to fail is told by its name, and in time."""

import socket
import time

import pytest

from tests.anchoring.authority import Authority
from tests.anchoring.serving import asleep, served
from vault.anchoring import asking, tokens
from vault.errors import Unavailable

NOTE = b"a checkpoint\n"


def failure(url: str, seconds: float = 5) -> str:
    with pytest.raises(Unavailable) as raised:
        asking.ask(url, b"query", seconds)
    assert raised.value.hint
    return str(raised.value)


def test_answer_is_what_the_tsa_made(tsa: Authority) -> None:
    with served(tsa) as server:
        query = tokens.request(NOTE, 1)
        answer = asking.ask(server.url, query)
        assert tokens.check(answer, NOTE, tsa.roots, "token", 1).tsa == "CN=Test TSA"
        assert server.asked == [("application/timestamp-query", query)]


def test_type_with_a_parameter_or_in_capitals_is_the_same_type(tsa: Authority) -> None:
    with served(lambda _: b"answer") as server:
        server.type = "Application/Timestamp-Reply; charset=binary"
        assert asking.ask(server.url, b"query") == b"answer"


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        assert "cannot be reached: Connection refused" in failure(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_nobody_answers_in_time() -> None:
    with served(asleep) as server:
        assert "does not answer in time" in failure(server.url, 0.2)


def test_answer_that_drips_is_given_up_in_time() -> None:
    with served(lambda _: bytes(500)) as server:
        server.pieces, server.pause = 500, 0.05
        began = time.monotonic()
        assert "does not answer in time" in failure(server.url, 0.3)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_another_status_is_told_and_no_redirect_followed(status: int) -> None:
    with served(lambda _: b"") as server:
        server.status = status
        assert f"HTTP status {status}" in failure(server.url)
        assert len(server.asked) == 1


def test_another_type_is_told() -> None:
    with served(lambda _: b"<html>welcome</html>") as server:
        server.type = "text/html; charset=utf-8"
        assert "answers with text/html, not application/timestamp-reply" in failure(server.url)


def test_huge_answer_is_not_read_to_its_end() -> None:
    with served(lambda _: bytes(50_000_000)) as server:
        assert "more than 65536 bytes" in failure(server.url)


def test_answer_that_is_cut_is_told() -> None:
    with served(lambda _: bytes(1000)) as server:
        server.cut = 10
        assert "cannot be reached" in failure(server.url)
