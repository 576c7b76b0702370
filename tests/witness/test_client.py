"""What our client asks of witnesses, takes from them, and says of those that fail it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from keys.signing import Cosigner
from tests.evidence.signers import witness as signer
from tests.witness import serving
from tests.witness.serving import COSIGNER, TIME, Grown
from vault.errors import Damaged, Misuse, Refused, Unavailable, VaultError
from vault.evidence import checkpoint, merkle
from vault.evidence import witness as wire
from vault.evidence.note import Note
from vault.evidence.policy import FORMAT
from vault.evidence.policy import parse as parse_policy
from vault.evidence.quorum import Wanted, compose
from vault.evidence.strict import Malformed
from vault.witness.client import Client, Limits
from vault.witness.places import Place

GROWN = Grown(300)
CLIENT = Client(Limits(2, 2, 3), lambda: TIME + 60)
NOTE = GROWN.note(50)


def test_our_witness_is_asked_by_our_client(tmp_path: Path) -> None:
    with serving.asked(serving.witness(tmp_path, GROWN)) as place:
        cosigned = NOTE
        for size in (1, 50, 50, 256, 300):
            cosigned = wire.merge(GROWN.note(size), CLIENT.cosign(place, GROWN.note(size), GROWN.prove))
            assert [checkpoint.verify_cosignature(cosigned, key) for key in COSIGNER.keys] == [TIME, TIME]
    party = Wanted("w1", COSIGNER.keys)
    text = compose([GROWN.log.keys.ed25519], [party])
    judged = parse_policy(f"{FORMAT}\nfingerprint {'00' * 32}\n\n{text}".encode()).judge(cosigned)
    assert (judged.missing, judged.quorum_time) == ((), TIME)


def test_fork_is_told_loudly(tmp_path: Path) -> None:
    forked = Grown(300, fork=40)
    with serving.asked(serving.witness(tmp_path, GROWN)) as place:
        CLIENT.cosign(place, NOTE, GROWN.prove)
        for size in (50, 60):
            with pytest.raises(Damaged, match="witness w1 has seen another history") as damaged:
                CLIENT.cosign(place, forked.note(size), forked.prove)
            assert damaged.value.hint.startswith("FORK")


def test_log_that_was_rolled_back_is_told_loudly(tmp_path: Path) -> None:
    with serving.asked(serving.witness(tmp_path, GROWN)) as place:
        CLIENT.cosign(place, GROWN.note(60), GROWN.prove)
        with pytest.raises(Damaged, match="has cosigned 60 entries of this log, and this checkpoint has 50"):
            CLIENT.cosign(place, NOTE, GROWN.prove)


def test_witness_that_does_not_know_the_log_or_its_keys(tmp_path: Path) -> None:
    other = Grown(5, "other.example/log")
    with serving.asked(serving.witness(tmp_path, GROWN)) as place:
        with pytest.raises(Refused, match="witness w1 does not watch this log"):
            CLIENT.cosign(place, other.note(5), other.prove)
        unsigned = Note(NOTE.text, (signer("x.example").cosign(NOTE.text, TIME),))
        with pytest.raises(Refused, match="witness w1 does not know the keys"):
            CLIENT.cosign(place, unsigned, GROWN.prove)


def test_witness_with_another_key_is_refused(tmp_path: Path) -> None:
    stranger = Cosigner.from_seeds(COSIGNER.keys[0].name, b"3" * 32)
    asked = serving.asked(serving.witness(tmp_path, GROWN, cosigner=stranger))
    said = r"witness w1 sent no cosignature that holds: .*witness\.example/w1"
    with asked as place, pytest.raises(Refused, match=said):
        CLIENT.cosign(replace(place, keys=COSIGNER.keys), NOTE, GROWN.prove)


@contextmanager
def answering(*answers: bytes, then: Callable[[socket.socket], None] | None = None) -> Iterator[Place]:
    """A witness that answers each request with the next of these bytes, whatever was asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            for answer in answers:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        asked += connection.recv(1 << 16)
                    length = int(asked.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                    while len(asked.split(b"\r\n\r\n", 1)[1]) < length:
                        asked += connection.recv(1 << 16)
                    try:
                        connection.sendall(answer)
                        if then:
                            then(connection)
                    except OSError:
                        return

        thread = Thread(target=run, daemon=True)
        thread.start()
        yield Place("w1", f"http://127.0.0.1:{listening.getsockname()[1]}/prefix/", COSIGNER.keys)
        listening.close()
        thread.join(5)


def answer(status: str, body: bytes, kind: str = "text/plain") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def told(size: int) -> bytes:
    return answer("409 Conflict", b"%d\n" % size, "text/x.tlog.size")


GOOD = wire.render_cosignatures(COSIGNER.cosign(NOTE.text, TIME))
LATER = wire.render_cosignatures(COSIGNER.cosign(NOTE.text, TIME + 90_000))

FAILURES: dict[str, tuple[list[bytes], type[VaultError], str]] = {
    "409 without a size": ([answer("409 Conflict", b"40\n")], Unavailable, "tells no size"),
    "409 with no number": ([answer("409 Conflict", b"forty\n", "text/x.tlog.size")], Unavailable, "decimal"),
    "409 with the size it was asked with": ([told(0)], Unavailable, "tells the size it was asked with"),
    "409 for ever": ([told(40), told(41)], Unavailable, "being asked by somebody else"),
    "409 for another root of the same size": ([told(50), told(50)], Damaged, "another history"),
    "409 beyond the checkpoint": ([told(51)], Damaged, "rolled back"),
    "422": ([answer("422 Unprocessable Entity", b"bad\x1b[2J\n")], Damaged, "another history"),
    "422 of an audit": (
        [answer("422 Unprocessable Entity", b"the audit refuses it: index in entry 7\n")],
        Damaged,
        "witness w1 has recomputed the ledger and does not cosign: .*index in entry 7",
    ),
    "503": ([answer("503 Service Unavailable", b"no audit now: not there yet\n")], Unavailable, "not there yet"),
    "403": ([answer("403 Forbidden", b"")], Refused, "does not know the keys"),
    "404": ([answer("404 Not Found", b"")], Refused, "does not watch"),
    "500": ([answer("500 Internal Server Error", b"")], Unavailable, "answers 500"),
    "a redirection": (
        [b"HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"],
        Unavailable,
        " 307",
    ),
    "no HTTP": ([b"SSH-2.0-OpenSSH\r\n"], Unavailable, "is down"),
    "nothing": ([b""], Unavailable, "is down"),
    "half an answer": ([answer("200 OK", GOOD)[:-20]], Unavailable, "is down"),
    "too much": ([answer("200 OK", b"x" * (wire.MAX_ANSWER + 2))], Unavailable, "more than"),
    "no cosignature": ([answer("200 OK", b"")], Refused, "no cosignature"),
    "a cosignature of something else": (
        [answer("200 OK", wire.render_cosignatures(COSIGNER.cosign(GROWN.tree(51).text, TIME)))],
        Refused,
        "no cosignature that holds",
    ),
    "a cosignature of the day after tomorrow": ([answer("200 OK", LATER)], Refused, "more than a day"),
}


@pytest.mark.parametrize(("answers", "error", "said"), FAILURES.values(), ids=FAILURES)
def test_failure_names_the_witness_and_says_what_it_is(
    answers: list[bytes], error: type[VaultError], said: str
) -> None:
    with answering(*answers) as place, pytest.raises(error, match=said) as raised:
        CLIENT.cosign(place, NOTE, GROWN.prove)
    assert "witness w1" in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_good_answer_after_a_size_is_taken() -> None:
    with answering(told(40), answer("200 OK", GOOD)) as place:
        assert wire.render_cosignatures(CLIENT.cosign(place, NOTE, GROWN.prove)) == GOOD


def test_auditor_is_waited_for_longer() -> None:
    import time

    def later(connection: socket.socket) -> None:
        time.sleep(0.4)
        connection.sendall(answer("200 OK", GOOD))

    hasty = replace(CLIENT, limits=Limits(silent=0.1, whole=0.2, audit=10))
    with answering(b"", then=later) as place, pytest.raises(Unavailable, match="slow"):
        hasty.cosign(place, NOTE, GROWN.prove)
    with answering(b"", then=later) as place:
        assert hasty.cosign(replace(place, audits=True), NOTE, GROWN.prove)


def test_slow_witness_is_given_up_though_it_drips() -> None:
    import time

    def drip(connection: socket.socket) -> None:
        for _ in range(12):
            time.sleep(0.1)
            connection.sendall(b"x")

    client = replace(CLIENT, limits=Limits(2, 1, 0.5))
    with (
        answering(b"HTTP/1.1 200 OK\r\nX: ", then=drip) as place,
        pytest.raises(Unavailable, match="witness w1 is slow"),
    ):
        client.cosign(place, NOTE, GROWN.prove)


def test_silent_witness_is_slow_and_a_closed_port_is_down() -> None:
    import time

    client = replace(CLIENT, limits=Limits(2, 0.2, 2))
    with answering(b"", then=lambda _: time.sleep(0.6)) as place, pytest.raises(Unavailable, match="slow or down"):
        client.cosign(place, NOTE, GROWN.prove)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable, match="witness w1 is down"):
        client.cosign(Place("w1", f"http://127.0.0.1:{port}", COSIGNER.keys), NOTE, GROWN.prove)


@pytest.mark.parametrize(
    "url",
    ["", "w.example", "http://w.example", "http://10.0.0.1/", "https://u:p@w.example", "https://w.example/?a=b",
     "ftp://w.example", "https://", "http://127.0.0.1.evil.example/", "https://w.example/#x", "http://[::2]/"],
)  # fmt: skip
def test_witness_is_asked_by_https_or_on_this_machine_only(url: str) -> None:
    with pytest.raises(Misuse):
        Place("w1", url, COSIGNER.keys)
    for fine in ("https://w.example/witness", "http://127.0.0.1:80", "http://[::1]:9/", "http://localhost:1"):
        assert Place("w1", fine, COSIGNER.keys).url == fine


def test_key_of_a_log_or_a_name_with_white_space_is_no_witness() -> None:
    with pytest.raises(Misuse):
        Place("w1", "https://w.example", (GROWN.log.keys.ed25519,))
    with pytest.raises(Malformed):
        Place("w 1", "https://w.example", COSIGNER.keys)


def test_proof_is_asked_for_from_the_size_that_was_told() -> None:
    asked: list[tuple[int, int]] = []

    def prove(old: int, new: int) -> list[bytes]:
        asked.append((old, new))
        return merkle.consistency_proof(old, new, lambda level, number: bytes(32))

    with answering(told(40), answer("200 OK", GOOD)) as place:
        CLIENT.cosign(place, NOTE, prove)
    assert asked == [(40, 50)]
