"""Writes checkpoints.json: tree heads that both keys of a log have signed, and notes that look like one.

ML-DSA-44 signatures can't be made a second time (OpenSSL adds randomness), so the ones made once are kept in
ml-dsa-44.json and taken from there. What they cover never depends on how a size or root is spelled, nor on extension
lines: the good signature stands under most malformed texts here, which only strict reading refuses.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence

from tests import vectors
from tests.evidence.signers import Log, MlDsaSigner, Signer, witness
from vault.evidence import merkle
from vault.evidence.checkpoint import Checkpoint, cosigned_message
from vault.evidence.note import ED25519_COSIGNATURE, Signature, render

ABOUT = (
    "Checkpoints (C2SP tlog-checkpoint) without extension lines that both `vkeys` of the log have signed: Ed25519 "
    "(type 1) and ML-DSA-44 (type 6). Accept: size and root as given. Keys are test keys."
)
MADE_ONCE = "ml-dsa-44"
LOG = Log("magnets.example/disclosures")
TIME = 1_790_000_000
TREE = Checkpoint(LOG.origin, 300, merkle.root(f"entry-{i}\n".encode() for i in range(300)))

_stored = {(case["key"], case["message"]): case["signature"] for case in vectors.read(MADE_ONCE)}


def build() -> str:
    """The text of the vector file."""
    vkeys = [str(LOG.ed25519.key), str(LOG.ml_dsa.key)]
    return vectors.spell(ABOUT, [*_good(), *_bad_signatures(), *_bad_texts()], vkeys=vkeys)


def cosign(signer: MlDsaSigner, text: str, time: int = TIME) -> Signature:
    """The kept cosignature of `signer`, made now where there is none."""
    message = cosigned_message(signer.key, time, text)
    kept = (f"{signer.name}+{signer.key.id.hex()}", message.hex())
    if kept not in _stored:
        _stored[kept] = b64encode(signer.secret.sign(message)).decode()
    return Signature(signer.name, signer.key.id, time.to_bytes(8, "big") + b64decode(_stored[kept]))


def _both(tree: Checkpoint, time: int = TIME) -> list[Signature]:
    return [LOG.ed25519.sign(tree.text), cosign(LOG.ml_dsa, tree.text, time)]


def _case(name: str, text: str, lines: Sequence[Signature], why: str = "", tree: Checkpoint = TREE) -> vectors.Case:
    head = {"name": name, "expect": "reject" if why else "accept", "why": why}
    read = {} if why else {"size": tree.size, "root": b64encode(tree.root).decode()}
    return {**head, **read, "checkpoint": render(text, lines).decode()}


def _good() -> list[vectors.Case]:
    empty = Checkpoint(LOG.origin, 0, merkle.EMPTY_ROOT)
    huge = Checkpoint(LOG.origin, 2**63 - 1, TREE.root)
    ed, ml = _both(TREE)
    seen = witness("witness.example/w1").cosign(TREE.text, TIME)
    return [
        _case("signed by both keys", TREE.text, [ed, ml]),
        _case("with a witness's line between", TREE.text, [ml, seen, ed]),
        _case("cosigned twice by the log", TREE.text, [ed, ml, cosign(LOG.ml_dsa, TREE.text, TIME + 1)]),
        _case("the empty tree", empty.text, _both(empty), tree=empty),
        _case("the largest size", huge.text, _both(huge), tree=huge),
        _case("time 0", TREE.text, [ed, cosign(LOG.ml_dsa, TREE.text, 0)]),
        _case("the latest time", TREE.text, [ed, cosign(LOG.ml_dsa, TREE.text, 2**63 - 1)]),
    ]


def _bad_signatures() -> list[vectors.Case]:
    ed, ml = _both(TREE)
    other = Checkpoint(LOG.origin, TREE.size, merkle.root([b"another history\n"]))
    elsewhere = Checkpoint("magnets.example/other", TREE.size, TREE.root)
    as_witness = Signer(LOG.origin, LOG.ed25519.word, ED25519_COSIGNATURE).cosign(TREE.text, TIME)
    both, whole = "both keys of the log have to sign", "the signature doesn't hold"
    later = Signature(ml.name, ml.key_id, (TIME + 1).to_bytes(8, "big") + ml.value[8:])
    lines: dict[str, tuple[list[Signature], str]] = {
        "Ed25519 alone": ([ed], both),
        "ML-DSA-44 alone": ([ml], both),
        "an Ed25519 cosignature for the signature": ([as_witness, ml], both),
        "Ed25519 changed": ([_flip(ed), ml], whole),
        "ML-DSA-44 changed": ([ed, _flip(ml)], whole),
        "ML-DSA-44 of another time": ([ed, later], whole),
        "ML-DSA-44 good, then changed": ([ed, ml, _flip(ml)], whole),
        "ML-DSA-44 a byte short": ([ed, Signature(ml.name, ml.key_id, ml.value[:-1])], "8 and 2420 bytes"),
        "ML-DSA-44 a byte long": ([ed, Signature(ml.name, ml.key_id, ml.value + b"\0")], "8 and 2420 bytes"),
        "ML-DSA-44 without time": ([ed, Signature(ml.name, ml.key_id, ml.value[8:])], "8 and 2420 bytes"),
        "time 2^63": ([ed, cosign(LOG.ml_dsa, TREE.text, 2**63)], "a time is below 2^63"),
        "ML-DSA-44 over another root": ([ed, cosign(LOG.ml_dsa, other.text)], whole),
        "Ed25519 over another root": ([LOG.ed25519.sign(other.text), ml], whole),
    }
    return [
        *(_case(name, TREE.text, signatures, why) for name, (signatures, why) in lines.items()),
        _case("another origin, signed by both", elsewhere.text, _both(elsewhere), "the origin is the keys' name"),
    ]


def _flip(signature: Signature) -> Signature:
    return Signature(signature.name, signature.key_id, signature.value[:-1] + bytes([signature.value[-1] ^ 1]))


def _bad_texts() -> list[vectors.Case]:
    root = b64encode(TREE.root).decode()
    hollow = b64encode(TREE.root + b"?").decode()
    form, size = "three lines: origin, size, root", "a size is decimal, below 2^63, in one spelling"
    hash_ = "a root is 32 bytes in one spelling"
    texts = {
        "an extension line": (f"{TREE.text}extension\n", "ML-DSA-44 doesn't cover extension lines"),
        "an empty line more": (f"{TREE.text}\n", form),
        "no root": (f"{LOG.origin}\n300\n", form),
        "no origin": (f"300\n{root}\n", form),
        "an empty origin": (f"\n300\n{root}\n", "an origin is not empty"),
        "a space in the origin": (f"{LOG.origin} \n300\n{root}\n", "the origin is the keys' name"),
        "the origin in capitals": (f"{LOG.origin.upper()}\n300\n{root}\n", "the origin is the keys' name"),
        "size with a zero before": (f"{LOG.origin}\n0300\n{root}\n", size),
        "size with a sign": (f"{LOG.origin}\n+300\n{root}\n", size),
        "size below zero": (f"{LOG.origin}\n-300\n{root}\n", size),
        "size with a space": (f"{LOG.origin}\n300 \n{root}\n", size),
        "size in wide digits": (f"{LOG.origin}\n３００\n{root}\n", size),
        "size with an underscore": (f"{LOG.origin}\n3_00\n{root}\n", size),
        "size in hex": (f"{LOG.origin}\n0x12c\n{root}\n", size),
        "size 3e2": (f"{LOG.origin}\n3e2\n{root}\n", size),
        "no size": (f"{LOG.origin}\n\n{root}\n", size),
        "size 2^63": (f"{LOG.origin}\n{2**63}\n{root}\n", size),
        "size 300 and 2^64": (f"{LOG.origin}\n{300 + 2**64}\n{root}\n", size),
        "root without padding": (f"{LOG.origin}\n300\n{root[:-1]}\n", hash_),
        "root with a loose bit": (f"{LOG.origin}\n300\n{root[:-2]}{chr(ord(root[-2]) + 1)}=\n", hash_),
        "root for addresses": (f"{LOG.origin}\n300\n{root.replace('+', '-').replace('/', '_')}\n", hash_),
        "root of 31 bytes": (f"{LOG.origin}\n300\n{b64encode(TREE.root[:31]).decode()}\n", hash_),
        "root of 33 bytes": (f"{LOG.origin}\n300\n{hollow}\n", hash_),
        "root in hex": (f"{LOG.origin}\n300\n{TREE.root.hex()}\n", hash_),
        "no tree, but a root": (f"{LOG.origin}\n0\n{root}\n", "the empty tree has one root"),
    }
    good = cosign(LOG.ml_dsa, TREE.text)
    return [_case(name, text, [LOG.ed25519.sign(text), good], why) for name, (text, why) in texts.items()]


def write_made_once() -> None:
    """Keep the ML-DSA-44 signatures made since."""
    about = (
        "ML-DSA-44 signatures by test keys (`key` is name+id) over hex messages: kept, because they can't be remade."
    )
    cases = [{"key": k, "message": m, "signature": signature} for (k, m), signature in sorted(_stored.items())]
    vectors.write(MADE_ONCE, vectors.spell(about, cases))


if __name__ == "__main__":
    vectors.write("checkpoints", build())
    write_made_once()
