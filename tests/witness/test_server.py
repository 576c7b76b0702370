"""What our witness cosigns and what it declines, over real HTTP: the status codes of C2SP tlog-witness v1.0.0."""

import multiprocessing
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from tests import vectors
from tests.evidence.signers import Log
from tests.evidence.signers import witness as witness_signer
from tests.vectors import example
from tests.witness import serving
from tests.witness.serving import COSIGNER, TIME, Grown, post, raw
from vault.errors import Damaged, NotFound, Refused
from vault.evidence import checkpoint, note
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import Note
from vault.evidence.strict import Malformed
from vault.witness.judging import Declined, Witness
from vault.witness.server import Application
from vault.witness.state import States, digest_of
from vault.witness.state import parse as parse_state

GROWN, FORKED = Grown(300), Grown(300, fork=40)


@pytest.fixture
def found(tmp_path: Path) -> Witness:
    return serving.witness(tmp_path, GROWN)


@pytest.fixture
def url(found: Witness) -> Iterator[str]:
    with serving.serving(Application(found)) as address:
        yield address


def test_cosigns_what_grows_and_shows_the_newest(found: Witness, url: str) -> None:
    for old, new in ((0, 1), (1, 50), (50, 50), (50, 256), (256, 300)):
        status, _, body = post(url, GROWN.request(old, new))
        assert status == 200, body
        cosigned = wire.merge(GROWN.note(new), wire.parse_cosignatures(body, GROWN.note(new), COSIGNER.keys))
        assert [checkpoint.verify_cosignature(cosigned, key) for key in COSIGNER.keys] == [TIME, TIME]
    status, _, shown = post(url, b"", path=f"/{sha256(GROWN.log.origin.encode()).hexdigest()}/checkpoint", method="GET")
    assert status == 200
    assert checkpoint.open_checkpoint(shown, GROWN.log.keys) == GROWN.tree(300)
    assert checkpoint.verify_cosignature(note.parse(shown), COSIGNER.keys[0]) == TIME


def test_unknown_size_is_told(url: str) -> None:
    post(url, GROWN.request(0, 50))
    for old in (0, 49, 51):
        assert post(url, GROWN.request(old, 60)) == (409, "text/x.tlog.size", b"50\n")


def test_larger_old_size_than_the_checkpoint_is_malformed(url: str) -> None:
    body = wire.render(60, [], GROWN.note(50))
    assert post(url, body)[0] == 400


def test_fork_of_the_same_size_is_refused(url: str) -> None:
    post(url, GROWN.request(0, 50))
    assert post(url, FORKED.request(50, 50))[0] == 422
    assert post(url, GROWN.request(50, 50))[0] == 200


def test_fork_that_went_on_is_refused(url: str) -> None:
    post(url, GROWN.request(0, 50))
    assert post(url, FORKED.request(50, 60))[0] == 422
    assert post(url, GROWN.request(50, 60))[0] == 200


def test_replayed_older_checkpoint_is_refused(url: str) -> None:
    post(url, GROWN.request(0, 50))
    post(url, GROWN.request(50, 60))
    assert post(url, GROWN.request(0, 50)) == (409, "text/x.tlog.size", b"60\n")
    assert post(url, GROWN.request(50, 50)) == (409, "text/x.tlog.size", b"60\n")


def test_proof_from_nothing_or_to_the_same_size_is_empty(url: str) -> None:
    assert post(url, wire.render(0, [bytes(32)], GROWN.note(50)))[0] == 422
    post(url, GROWN.request(0, 50))
    assert post(url, wire.render(50, [bytes(32)], GROWN.note(50)))[0] == 422
    assert post(url, wire.render(50, [], GROWN.note(60)))[0] == 422


def test_empty_log_is_cosigned_and_goes_on_from_0(url: str) -> None:
    assert post(url, GROWN.request(0, 0))[0] == 200
    assert post(url, GROWN.request(0, 0))[0] == 200
    assert post(url, GROWN.request(0, 7))[0] == 200


def test_unknown_log_is_not_found_and_leaves_no_file(found: Witness, url: str) -> None:
    before = set(found.states.folder.iterdir())
    assert post(url, Grown(5, "stranger.example/log").request(0, 5))[0] == 404
    assert post(url, b"", path=f"/{digest_of('stranger.example/log')}/checkpoint", method="GET")[0] == 404
    assert set(found.states.folder.iterdir()) == before


def test_signature_by_no_known_key_is_forbidden(url: str) -> None:
    stranger = Log("stranger.example").ed25519
    unsigned = Note(GROWN.tree(5).text, (stranger.sign(GROWN.tree(5).text),))
    assert post(url, wire.render(0, [], unsigned))[0] == 403


def test_known_key_whose_signature_fails_is_forbidden_beside_one_that_holds(url: str) -> None:
    right, wrong = GROWN.note(5).unverified_signatures, GROWN.note(6).unverified_signatures
    for pair in ((right[0], wrong[1]), (wrong[0], right[1])):
        assert post(url, wire.render(0, [], Note(GROWN.tree(5).text, pair)))[0] == 403


def test_lines_of_strangers_are_neither_judged_nor_kept(found: Witness, url: str) -> None:
    line = Log("stranger.example").ed25519.sign("something else\n")
    whole = Note(GROWN.tree(5).text, (*GROWN.note(5).unverified_signatures, line))
    assert post(url, wire.render(0, [], whole))[0] == 200
    kept = found.states.known(digest_of(GROWN.log.origin)).note
    assert kept
    assert [one.name for one in kept.unverified_signatures] == [GROWN.log.origin] * 2 + [COSIGNER.keys[0].name] * 2


@pytest.mark.parametrize(
    "case",
    [case for case in vectors.read("witness-requests") if case["expect"] == "reject"],
    ids=lambda case: case["name"],
)
def test_malformed_request_gets_the_status_of_the_vectors(found: Witness, case: vectors.Case) -> None:
    with pytest.raises(Declined) as declined:
        found.add_checkpoint(case["request"].encode())
    assert declined.value.status == case["status"]
    assert found.states.known(digest_of(GROWN.log.origin)).newest is None


def test_other_paths_and_methods(url: str) -> None:
    assert post(url, b"", path="/", method="GET")[0] == 404
    assert post(url, b"", path="/add-checkpoint/", method="POST")[0] == 404
    assert post(url, b"", path="/../state", method="GET")[0] == 404
    assert post(url, b"", method="GET")[0] == 405
    post(url, GROWN.request(0, 5))
    path = f"/{digest_of(GROWN.log.origin)}/checkpoint"
    assert post(url, b"", path=path, method="HEAD") == (200, "text/plain; charset=utf-8", b"")
    assert post(url, b"x", path=f"/{'0' * 64}/checkpoint", method="PUT")[0] == 405


class TestHostileClients:
    def test_huge_body_is_refused_before_it_is_taken_in(self, url: str) -> None:
        answer = raw(url, b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99999999999\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413")
        assert post(url, b"x" * (wire.MAX_REQUEST + 1))[0] == 413

    def test_huge_body_in_chunks_is_refused(self, url: str) -> None:
        part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = raw(url, head + part * 5 + b"0\r\n\r\n")
        assert answer == b"" or b" 413 " in answer.split(b"\r\n")[0]
        assert post(url, GROWN.request(0, 5))[0] == 200

    def test_body_longer_than_it_says_is_cut_there_and_refused(self, found: Witness, url: str) -> None:
        body = GROWN.request(0, 5)
        head = (
            f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {len(body) - 9}\r\n\r\n"
        )
        assert raw(url, head.encode() + body).startswith(b"HTTP/1.1 400")
        assert found.states.known(digest_of(GROWN.log.origin)).newest is None

    @pytest.mark.parametrize("length", ["-1", "+5", "5, 6", "0x5", "five", "1" * 400])
    def test_length_that_is_none_is_refused(self, url: str, length: str) -> None:
        answer = raw(url, f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {length}\r\n\r\nold 0".encode())
        assert answer.split(b"\r\n")[0].split(b" ")[1] in (b"400", b"413")

    def test_client_that_stops_midway_is_let_go(self, found: Witness) -> None:
        with serving.serving(Application(found), seconds=1) as url:
            stuck = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 500\r\n\r\nold 0\n"
            raw(url, stuck)  # ends, since the server closes
            assert post(url, GROWN.request(0, 5))[0] == 200


class TestState:
    def test_outlives_a_restart(self, tmp_path: Path) -> None:
        serving.witness(tmp_path, GROWN).add_checkpoint(GROWN.request(0, 50))
        again = serving.witness(tmp_path)
        with pytest.raises(Declined) as declined:
            again.add_checkpoint(FORKED.request(0, 50))
        assert (declined.value.status, declined.value.told) == (409, 50)

    def test_lost_file_is_an_unknown_log_and_not_an_unseen_one(self, tmp_path: Path) -> None:
        one = serving.witness(tmp_path, GROWN)
        one.add_checkpoint(GROWN.request(0, 50))
        (one.states.folder / digest_of(GROWN.log.origin)).unlink()
        with pytest.raises(Declined) as declined:
            one.add_checkpoint(FORKED.request(0, 50))
        assert declined.value.status == 404

    def test_changed_file_is_damaged_and_nothing_is_cosigned(self, tmp_path: Path) -> None:
        one = serving.witness(tmp_path, GROWN)
        one.add_checkpoint(GROWN.request(0, 50))
        path = one.states.folder / digest_of(GROWN.log.origin)
        good = path.read_bytes()
        for bad in (
            good.replace(b"\n50\n", b"\n49\n"),
            good[:-1],
            good.replace(b"witness-log/v1", b"witness-log/v2"),
            b"",
        ):
            path.write_bytes(bad)
            with pytest.raises(Damaged):
                one.add_checkpoint(GROWN.request(50, 60))
            with serving.serving(Application(one)) as url:
                status, _, body = post(url, GROWN.request(50, 60))
                assert (status, b"state" in body) == (500, False)

    def test_file_of_another_log_in_its_place_is_damaged(self, tmp_path: Path) -> None:
        other = Grown(5, "other.example/log")
        one = serving.witness(tmp_path, GROWN, other)
        folder = one.states.folder
        (folder / digest_of(other.log.origin)).write_bytes((folder / digest_of(GROWN.log.origin)).read_bytes())
        with pytest.raises(Damaged):
            one.add_checkpoint(other.request(0, 5))

    def test_adding_a_log_again_keeps_what_was_cosigned(self, tmp_path: Path) -> None:
        one = serving.witness(tmp_path, GROWN)
        one.add_checkpoint(GROWN.request(0, 50))
        new = Log(GROWN.log.origin)
        assert one.states.add([new.keys.ed25519]).newest == GROWN.tree(50)
        assert [known.origin for known in one.states.logs()] == [GROWN.log.origin]

    def test_keys_that_are_no_log_s_are_not_added(self, tmp_path: Path) -> None:
        states = States(tmp_path / "logs", COSIGNER.keys)
        with pytest.raises(Refused):
            states.add([COSIGNER.keys[0]])
        with pytest.raises(Refused):
            states.add([GROWN.log.keys.ed25519, Log("other.example").keys.ml_dsa])
        with pytest.raises(NotFound):
            states.known(digest_of(GROWN.log.origin))

    def test_nobody_else_reads_it(self, tmp_path: Path) -> None:
        one = serving.witness(tmp_path, GROWN)
        one.add_checkpoint(GROWN.request(0, 50))
        assert {path.stat().st_mode & 0o777 for path in one.states.folder.iterdir()} == {0o600}


def _race(folder: Path, fork: int) -> int:
    try:
        serving.witness(folder).add_checkpoint((GROWN if fork == 0 else Grown(60, fork=40 + fork)).request(40, 60))
    except Declined as exc:
        return exc.status
    return 200


class TestRaces:
    def test_of_requests_at_the_same_time_one_wins(self, found: Witness, url: str) -> None:
        post(url, GROWN.request(0, 40))
        bodies = [Grown(60, fork=40 + n).request(40, 60) for n in range(8)]
        with ThreadPoolExecutor(8) as pool:
            answers = [status for status, _, _ in pool.map(lambda body: post(url, body), bodies)]
        assert sorted(answers) == [200] + [409] * 7

    def test_of_processes_at_the_same_time_one_wins(self, tmp_path: Path) -> None:
        serving.witness(tmp_path, GROWN).add_checkpoint(GROWN.request(0, 40))
        with multiprocessing.get_context("fork").Pool(4) as pool:
            answers = pool.starmap(_race, [(tmp_path, n) for n in range(8)])
        assert sorted(answers) == [200] + [409] * 7


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.witness import serving
from vault.witness.server import Application, listen
application = Application(serving.witness(Path(sys.argv[1])))
def killed(environ, start_response):
    answer = application(environ, start_response)
    os.kill(os.getpid(), signal.SIGKILL)
    return answer
server = listen(killed, "127.0.0.1", 0)
print(server.effective_port, flush=True)
server.run()
"""


def test_killed_between_storing_and_answering_it_still_refuses_the_fork(tmp_path: Path) -> None:
    serving.witness(tmp_path, GROWN).add_checkpoint(GROWN.request(0, 40))
    with subprocess.Popen([sys.executable, "-c", _KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        with pytest.raises(OSError):  # noqa: PT011  (whatever a broken connection is called)
            post(f"http://127.0.0.1:{port}", GROWN.request(40, 60))
        assert process.wait() == -signal.SIGKILL
    again = serving.witness(tmp_path)
    with pytest.raises(Declined) as declined:
        again.add_checkpoint(FORKED.request(40, 60))
    assert (declined.value.status, declined.value.told) == (409, 60)
    assert again.add_checkpoint(GROWN.request(60, 60))


def test_auditor_who_refuses_keeps_the_witness_from_cosigning(tmp_path: Path) -> None:
    seen: list[tuple[str, Checkpoint | None, Checkpoint]] = []

    def auditor(origin: str, old: Checkpoint | None, new: Checkpoint) -> None:
        seen.append((origin, old, new))
        if new.size == 60:
            raise Refused("its index lacks three entries")

    one = serving.witness(tmp_path, GROWN, auditor=auditor)
    one.add_checkpoint(GROWN.request(0, 50))
    with pytest.raises(Declined, match="its index lacks three entries") as declined:
        one.add_checkpoint(GROWN.request(50, 60))
    assert declined.value.status == 422
    assert seen == [(GROWN.log.origin, None, GROWN.tree(50)), (GROWN.log.origin, GROWN.tree(50), GROWN.tree(60))]
    assert one.states.known(digest_of(GROWN.log.origin)).newest == GROWN.tree(50)


def test_log_of_the_server_names_no_origin_and_no_body(found: Witness) -> None:
    told: list[str] = []
    with serving.serving(Application(found, lambda event, **fields: told.append(f"{event} {fields}"))) as url:
        post(url, GROWN.request(0, 50))
        post(url, Grown(5, "stranger.example/log").request(0, 5))
    assert told
    assert not any(word in line for line in told for word in ("magnets", "stranger", "old 0"))


def test_state_that_cannot_be_held_answers_500_and_nothing_is_cosigned(tmp_path: Path) -> None:
    one = serving.witness(tmp_path, GROWN)
    lock = (one.states.folder / digest_of(GROWN.log.origin)).with_suffix(".lock")
    lock.unlink()
    lock.mkdir()
    with serving.serving(Application(one)) as url:
        assert post(url, GROWN.request(0, 50))[0] == 500
    assert one.states.known(digest_of(GROWN.log.origin)).newest is None


def test_state_in_the_format_s_text_is_read_as_it_is_told() -> None:
    blocks = example.read_blocks((example.FORMATS / "witness.md").read_text("utf-8"))
    known = parse_state(blocks["state"].encode(), "state")
    assert bytes(known).decode() == blocks["state"]
    assert known.newest == example.ledger().tree()
    assert known.note
    assert checkpoint.verify_cosignature(known.note, witness_signer("witness.example/counsel").key)


def test_state_tells_where_the_ledger_is_read() -> None:
    blocks = example.read_blocks((example.FORMATS / "witness.md").read_text("utf-8"))
    text = blocks["state"].replace("\n\nmagnets", "\nledger https://magnets.example/ledger\n\nmagnets", 1)
    known = parse_state(text.encode(), "state")
    assert known.ledger == "https://magnets.example/ledger"
    assert bytes(known).decode() == text


BAD_STATES = {
    "another version": (b"log/v1", b"log/v2"),
    "no key": (b"log magnets", b"lag magnets"),
    "a key of another log": (b"\n\nmagnets.example/disclosures\n", b"\n\nmagnets.example/other\n"),
    "a size in another spelling": (b"\n4\n", b"\n04\n"),
    "an empty line more": (b"\n\nmagnets", b"\n\n\nmagnets"),
    "a ledger that is nowhere": (b"\n\nmagnets", b"\nledger \n\nmagnets"),
    "a ledger twice": (b"\n\nmagnets", b"\nledger /a\nledger /b\n\nmagnets"),
    "a ledger before its log": (b"\nlog magnets", b"\nledger /a\nlog magnets"),
    "no empty line": (b"\n\nmagnets", b"\nmagnets"),
}


@pytest.mark.parametrize(("old", "new"), BAD_STATES.values(), ids=BAD_STATES)
def test_state_in_another_form_is_malformed(old: bytes, new: bytes) -> None:
    good = example.read_blocks((example.FORMATS / "witness.md").read_text("utf-8"))["state"].encode()
    assert old in good
    with pytest.raises(Malformed, match=r"^state"):
        parse_state(good.replace(old, new, 1), "state")
