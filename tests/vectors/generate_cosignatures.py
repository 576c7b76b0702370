"""Writes cosignatures.json: checkpoints that a witness has cosigned, by Ed25519 or ML-DSA-44, and imitations."""

import struct
from collections.abc import Iterator

from tests import vectors
from tests.evidence.signers import MlDsaSigner, Signer, witness
from tests.vectors.generate_checkpoints import LOG, TIME, TREE, cosign, write_made_once
from vault.evidence import merkle
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import ED25519, Signature, render

ABOUT = (
    "Cosignatures (C2SP tlog-cosignature) by `vkey` on a checkpoint. Accept: each line by that key holds; `time` is "
    "the oldest they state, in POSIX seconds. Keys are test keys."
)
_ED = witness("witness.example/w1")
_ML = MlDsaSigner("witness.example/w2", "test witness ML-DSA")
_RENAMED = MlDsaSigner("witness.example/w3", _ML.word)
_OTHER_ROOT = Checkpoint(TREE.origin, TREE.size, merkle.root([b"another history\n"]))
_OTHER_SIZE = Checkpoint(TREE.origin, TREE.size + 1, TREE.root)
_OTHER_LOG = Checkpoint("magnets.example/other", TREE.size, TREE.root)


def build() -> str:
    """The text of the vector file."""
    cases = [*_good(), *_bad_ed25519(), *_bad_ml_dsa(), *_bad_for_both()]
    return vectors.spell(ABOUT, cases)


def _accept(name: str, signer: Signer | MlDsaSigner, lines: list[Signature], time: int) -> vectors.Case:
    note = render(TREE.text, lines).decode()
    return {"name": name, "expect": "accept", "vkey": str(signer.key), "time": time, "checkpoint": note}


def _reject(
    name: str, signer: Signer | MlDsaSigner, lines: list[Signature], why: str, text: str = TREE.text
) -> vectors.Case:
    note = render(text, lines).decode()
    return {"name": name, "expect": "reject", "why": why, "vkey": str(signer.key), "checkpoint": note}


def _good() -> list[vectors.Case]:
    log = LOG.ed25519.sign(TREE.text)
    return [
        _accept("Ed25519", _ED, [log, _ED.cosign(TREE.text, TIME)], TIME),
        _accept("Ed25519, at time 0", _ED, [_ED.cosign(TREE.text, 0)], 0),
        _accept("Ed25519, at the latest time", _ED, [_ED.cosign(TREE.text, 2**63 - 1)], 2**63 - 1),
        _accept("Ed25519, three times", _ED, [_ED.cosign(TREE.text, t) for t in (TIME + 1, TIME, TIME + 2)], TIME),
        _accept("ML-DSA-44", _ML, [log, cosign(_ML, TREE.text)], TIME),
        _accept("ML-DSA-44, at time 0", _ML, [cosign(_ML, TREE.text, 0)], 0),
    ]


def _bad_ed25519() -> Iterator[vectors.Case]:
    body = TREE.text
    messages = {
        "over the checkpoint alone": (body, "the first line of the message is cosignature/v1"),
        "over another version": (f"cosignature/v2\ntime {TIME}\n{body}", "the first line is cosignature/v1"),
        "over another time": (f"cosignature/v1\ntime {TIME + 1}\n{body}", "the time stands in the message"),
        "over a time with a zero before": (f"cosignature/v1\ntime 0{TIME}\n{body}", "a time has no leading zero"),
        "without the last line feed": (f"cosignature/v1\ntime {TIME}\n{body[:-1]}", "the line feed is signed"),
        "with the empty line": (f"cosignature/v1\ntime {TIME}\n{body}\n", "the empty line is not signed"),
        "over another root": (f"cosignature/v1\ntime {TIME}\n{_OTHER_ROOT.text}", "another checkpoint"),
        "over another size": (f"cosignature/v1\ntime {TIME}\n{_OTHER_SIZE.text}", "another checkpoint"),
        "over another log": (f"cosignature/v1\ntime {TIME}\n{_OTHER_LOG.text}", "another checkpoint"),
    }
    for name, (message, why) in messages.items():
        value = struct.pack(">Q", TIME) + _ED.secret.sign(message.encode()).signature
        yield _reject(f"Ed25519 {name}", _ED, [Signature(_ED.name, _ED.key.id, value)], why)
    plain = Signer(_ED.name, _ED.word, ED25519).sign(body)
    yield _reject("Ed25519 of type 1", _ED, [plain], "a log's signature is no cosignature")
    yield _reject(
        "Ed25519 of type 1 with the id of type 4", _ED, [Signature(_ED.name, _ED.key.id, plain.value)], "size"
    )
    yield _reject("Ed25519 with the value of ML-DSA-44", _ED, [_relabel(cosign(_ML, body), _ED)], "size")
    extended = f"{body}extension\n"
    covering = f"cosignature/v1\ntime {TIME}\n{extended}"
    value = struct.pack(">Q", TIME) + _ED.secret.sign(covering.encode()).signature
    line = Signature(_ED.name, _ED.key.id, value)
    yield _reject("Ed25519 over an extension line", _ED, [line], "no extension lines in this project", extended)


def _bad_ml_dsa() -> Iterator[vectors.Case]:
    for name, tree in {"root": _OTHER_ROOT, "size": _OTHER_SIZE, "log": _OTHER_LOG}.items():
        yield _reject(f"ML-DSA-44 over another {name}", _ML, [cosign(_ML, tree.text)], "another checkpoint")
    renamed = _relabel(cosign(_ML, TREE.text), _RENAMED)
    yield _reject("ML-DSA-44 under another name", _RENAMED, [renamed], "the message binds the cosigner's name")
    value = _relabel(_ED.cosign(TREE.text, TIME), _ML)
    yield _reject("ML-DSA-44 with the value of Ed25519", _ML, [value], "size")
    good = cosign(_ML, TREE.text)
    extended = f"{TREE.text}extension\n"
    yield _reject("ML-DSA-44 beside an extension line", _ML, [good], "it doesn't cover extension lines", extended)


def _bad_for_both() -> Iterator[vectors.Case]:
    for kind, signer, good in (
        ("Ed25519", _ED, _ED.cosign(TREE.text, TIME)),
        ("ML-DSA-44", _ML, cosign(_ML, TREE.text)),
    ):
        late = _ED.cosign(TREE.text, 2**63) if signer is _ED else cosign(_ML, TREE.text, 2**63)
        changes = {
            "by nobody": ([LOG.ed25519.sign(TREE.text)], "no line is by this key"),
            "with another id": ([Signature(good.name, b"\0\0\0\0", good.value)], "no line is by this key"),
            "with another time in front": ([_change(good, 7)], "the time stands in the message"),
            "changed": ([_change(good, -1)], "the signature doesn't hold"),
            "good, then changed": ([good, _change(good, -1)], "each line has to hold"),
            "a byte short": ([Signature(good.name, good.key_id, good.value[:-1])], "size"),
            "a byte long": ([Signature(good.name, good.key_id, good.value + b"\0")], "size"),
            "time alone": ([Signature(good.name, good.key_id, good.value[:8])], "size"),
            "one byte": ([Signature(good.name, good.key_id, good.value[:1])], "size"),
            "at time 2^63": ([late], "a time is below 2^63"),
        }
        for name, (lines, why) in changes.items():
            yield _reject(f"{kind} {name}", signer, lines, why)


def _relabel(signature: Signature, signer: Signer | MlDsaSigner) -> Signature:
    return Signature(signer.name, signer.key.id, signature.value)


def _change(signature: Signature, place: int) -> Signature:
    value = bytearray(signature.value)
    value[place] ^= 1
    return Signature(signature.name, signature.key_id, bytes(value))


if __name__ == "__main__":
    vectors.write("cosignatures", build())
    write_made_once()
