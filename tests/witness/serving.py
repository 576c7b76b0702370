"""A log that grows or forks, and our witness in a thread, on a free port of this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

from keys.signing import Cosigner
from tests.evidence.signers import Log
from tests.evidence.trees import nodes_over
from vault.evidence import merkle, note
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import Note
from vault.witness.judging import Auditor, Witness
from vault.witness.places import Place
from vault.witness.server import Application, listen
from vault.witness.state import States

TIME = 1_790_000_000
COSIGNER = Cosigner.from_seeds("witness.example/w1", b"1" * 32, b"2" * 32)


class Grown:
    """A log of `entry <n>`; from `fork` on its entries are others."""

    def __init__(self, size: int, origin: str = "magnets.example/disclosures", fork: int = 1 << 62) -> None:
        self.log = Log(origin)
        leaves = [b"%s %d\n" % (b"other" if n >= fork else b"entry", n) for n in range(size)]
        self.hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        self._node = nodes_over(self.hashes)

    def tree(self, size: int) -> Checkpoint:
        return Checkpoint(self.log.origin, size, merkle.root_of_hashes(self.hashes[:size]))

    def note(self, size: int) -> Note:
        return note.parse(self.log.sign(self.tree(size)))

    def prove(self, old: int, new: int) -> list[bytes]:
        return merkle.consistency_proof(old, new, self._node)

    def request(self, old: int, new: int) -> bytes:
        return wire.render(old, self.prove(old, new) if 0 < old < new else [], self.note(new))


def witness(folder: Path, *logs: Grown, auditor: Auditor | None = None, cosigner: Cosigner = COSIGNER) -> Witness:
    """Our witness, watching `logs`; its clock stands."""
    states = States(folder / "logs", cosigner.keys)
    for grown in logs:
        states.add([grown.log.keys.ed25519, grown.log.keys.ml_dsa])
    return Witness(cosigner, states, lambda: TIME, auditor)


@contextmanager
def serving(application: Any, seconds: int = 20) -> Iterator[str]:
    """The application's address while the block runs."""
    server: Any = listen(application, "127.0.0.1", 0, seconds)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        held = list(server._map.values())
        server._map.clear()  # its loop ends with its map
        server.trigger.pull_trigger()
        thread.join()
        server.task_dispatcher.shutdown()
        for one in held:
            one.close()


@contextmanager
def asked(found: Witness) -> Iterator[Place]:
    """Our witness as a client knows it."""
    with serving(Application(found)) as url:
        yield Place("w1", url, found.cosigner.keys)


def raw(url: str, sent: bytes, wait: float = 10) -> bytes:
    """What the server answers to these bytes, to the end of the connection."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(sent)
        got = b""
        with suppress(ConnectionResetError):  # it closed before it had read all
            while part := connection.recv(1 << 16):
                got += part
    return got


def post(url: str, body: bytes, *, path: str = "/add-checkpoint", method: str = "POST") -> tuple[int, str, bytes]:
    """Status, type and body of an answer, by the standard library's client."""
    from http.client import HTTPConnection

    connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()
