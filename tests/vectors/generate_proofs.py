"""Writes proofs.json: C2SP tlog-proof files for an entry under a checkpoint, and imitations."""

from base64 import b64encode

from tests import vectors
from tests.evidence import naive_merkle as naive
from tests.evidence.signers import Log, witness
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import render

ABOUT = (
    "Inclusion proofs (C2SP tlog-proof) of the entry `leaf` (hex; hashed as RFC 6962 says) under `opened`, the text of "
    "a checkpoint that was verified before. Accept: the proof holds and `vkey` signed the checkpoint in it. Test keys."
)
_LOG = Log("magnets.example/disclosures")
_LEAVES = [b"entry-%d\n" % number for number in range(7)]
_HASHES = naive.path(4, _LEAVES)
_FORMAT = "c2sp.org/tlog-proof@v1"


def _tree(size: int) -> Checkpoint:
    return Checkpoint(_LOG.origin, size, naive.root(_LEAVES[:size]))


def _note(tree: Checkpoint) -> str:
    return render(tree.text, [_LOG.ed25519.sign(tree.text)]).decode()


_TREE = _tree(7)
_GOOD = "\n".join([_FORMAT, "index 4", *(b64encode(h).decode() for h in _HASHES), "", _note(_TREE)])
_FIRST = b64encode(_HASHES[0]).decode()


def build() -> str:
    """The text of the vector file."""
    cases = [*_good(), *_bad_spelling(), *_bad_path(), *_bad_checkpoint()]
    return vectors.spell(ABOUT, cases, vkey=str(_LOG.ed25519.key), opened=_TREE.text, leaf=_LEAVES[4].hex())


def _case(name: str, proof: str, why: str = "", **other: str) -> vectors.Case:
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **other, "proof": proof}


def _proof(index: int, size: int) -> str:
    hashes = (b64encode(h).decode() for h in naive.path(index, _LEAVES[:size]))
    return "\n".join([_FORMAT, f"index {index}", *hashes, "", _note(_tree(size))])


def _good() -> list[vectors.Case]:
    seen = witness("witness.example/w1").cosign(_TREE.text, 1_790_000_000)
    return [
        _case("three hashes", _GOOD),
        _case("extra data", _GOOD.replace("index", "extra ZGVtbw==\nindex")),
        _case("a witness's line too", f"{_GOOD}{seen}\n"),
        _case("first of seven", _proof(0, 7), leaf=_LEAVES[0].hex()),
        _case("last of seven", _proof(6, 7), leaf=_LEAVES[6].hex()),
        _case("the only one, no hashes", _proof(0, 1), leaf=_LEAVES[0].hex(), opened=_tree(1).text),
        _case("last of five, one hash", _proof(4, 5), opened=_tree(5).text),
    ]


def _bad_spelling() -> list[vectors.Case]:
    version, index, hash_ = "the first line names the version", "a decimal in one spelling", "32 bytes in one spelling"
    shape = "the lines have one order"
    swaps = {
        "nothing": (_GOOD, "", version),
        "another version": ("@v1", "@v2", version),
        "a space after the version": ("@v1\n", "@v1 \n", version),
        "no version": (f"{_FORMAT}\n", "", version),
        "CR LF": ("@v1\n", "@v1\r\n", "no control characters but line feed"),
        "a byte order mark": (_FORMAT, f"\ufeff{_FORMAT}", version),
        "no index": ("index 4\n", "", "an index is needed"),
        "index without a number": ("index 4", "index ", index),
        "index with a zero before": ("index 4", "index 04", index),
        "index with a sign": ("index 4", "index +4", index),
        "index below zero": ("index 4", "index -4", index),
        "index with two spaces": ("index 4", "index  4", index),
        "index with a space at the end": ("index 4", "index 4 ", index),
        "index with a tab": ("index 4", "index\t4", "no control characters but line feed"),
        "index in wide digits": ("index 4", "index ４", index),
        "index and 2^64": ("index 4", f"index {4 + 2**64}", index),
        "Index": ("index 4", "Index 4", "an index is needed"),
        "two indexes": ("index 4\n", "index 4\nindex 4\n", hash_),
        "extra after the index": ("index 4\n", "index 4\nextra ZGVtbw==\n", hash_),
        "two extras": ("index 4\n", "extra ZGVtbw==\nextra ZGVtbw==\nindex 4\n", "an index is needed"),
        "extra without data": ("index 4\n", "extra \nindex 4\n", "then the line is left out"),
        "extra without a space": ("index 4\n", "extra\nindex 4\n", "an index is needed"),
        "extra without padding": ("index 4\n", "extra ZGVtbw\nindex 4\n", "one spelling"),
        "extra with a loose bit": ("index 4\n", "extra ZGVtbx==\nindex 4\n", "one spelling"),
        "hash without padding": (_FIRST, _FIRST[:-1], hash_),
        "hash with a loose bit": (_FIRST, f"{_FIRST[:-2]}{chr(ord(_FIRST[-2]) + 1)}=", hash_),
        "hash with a space": (_FIRST, f"{_FIRST} ", hash_),
        "hash in hex": (_FIRST, _HASHES[0].hex(), hash_),
        "hash of 31 bytes": (_FIRST, b64encode(_HASHES[0][:31]).decode(), hash_),
        "hash of 33 bytes": (_FIRST, b64encode(_HASHES[0] + b"?").decode(), hash_),
        "an empty line before the hashes": ("index 4\n", "index 4\n\n", shape),
        "an empty line before the index": ("index 4\n", "\nindex 4\n", shape),
        "no empty line before the checkpoint": ("\n\nmagnets", "\nmagnets", shape),
        "two empty lines before the checkpoint": ("\n\nmagnets", "\n\n\nmagnets", shape),
    }
    return [_case(name, _GOOD.replace(old, new, 1), why) for name, (old, new, why) in swaps.items()]


def _bad_path() -> list[vectors.Case]:
    other = b64encode(bytes(32)).decode()
    lines = _GOOD.split("\n")
    swapped = "\n".join([*lines[:2], lines[3], lines[2], *lines[4:]])
    return [
        _case("another leaf", _GOOD, "the proof is for another leaf", leaf=_LEAVES[3].hex()),
        _case("the leaf with its prefix", _GOOD, "an inner node is no leaf", leaf=(b"\x00" + _LEAVES[4]).hex()),
        _case("another index", _GOOD.replace("index 4", "index 5"), "the proof is for another index"),
        _case("index of the same parity", _GOOD.replace("index 4", "index 0"), "the proof is for another index"),
        _case("index = size", _GOOD.replace("index 4", "index 7"), "an index is below the size"),
        _case("index 2^63 - 1", _GOOD.replace("index 4", f"index {2**63 - 1}"), "an index is below the size"),
        _case("a hash changed", _GOOD.replace(_FIRST, other), "the path ends in another root"),
        _case("a hash left out", _GOOD.replace(f"{_FIRST}\n", ""), "the path is too short"),
        _case("a hash too many", _GOOD.replace(_FIRST, f"{_FIRST}\n{other}"), "the path is too long"),
        _case("hashes swapped", swapped, "the path ends in another root"),
        _case("64 hashes", _GOOD.replace(_FIRST, "\n".join([other] * 64)), "at most 63 hashes"),
        _case("the empty tree", _empty(), "there is no leaf in it", opened=_tree(0).text),
    ]


def _empty() -> str:
    return "\n".join([_FORMAT, "index 0", "", _note(_tree(0))])


def _bad_checkpoint() -> list[vectors.Case]:
    text = _TREE.text
    other = Log("magnets.example/other")
    stranger = witness("witness.example/w1").cosign(text, 1_790_000_000)
    head = _GOOD.split("\n\n")[0]
    extended = f"{text}extension\n"
    return [
        _case("an older checkpoint", _proof(4, 6), "not the checkpoint that was opened"),
        _case("another size, not signed", _GOOD.replace("\n7\n", "\n8\n"), "not the checkpoint that was opened"),
        _case("no signature", f"{head}\n\n{text}\n", "a signed note is needed"),
        _case("no checkpoint", f"{head}\n\n", "a signed note is needed"),
        _case("a witness's line alone", f"{head}\n\n{text}\n{stranger}\n", "the log has to sign"),
        _case("another log's signature", f"{head}\n\n{text}\n{other.ed25519.sign(text)}\n", "the log has to sign"),
        _case(
            "a signature over another size", f"{head}\n\n{text}\n{_LOG.ed25519.sign(_tree(6).text)}\n", "doesn't hold"
        ),
        _case("another log's key", _GOOD, "the key is not of this origin", vkey=str(other.ed25519.key)),
        _case(
            "an extension line", f"{head}\n\n{render(extended, [_LOG.ed25519.sign(extended)]).decode()}", "three lines"
        ),
        _case("words at the end", f"{_GOOD}words\n", "the checkpoint ends the file"),
        _case("an empty line at the end", f"{_GOOD}\n", "the checkpoint ends the file"),
        _case("no line feed at the end", _GOOD[:-1], "every line ends in a line feed"),
    ]


if __name__ == "__main__":
    vectors.write("proofs", build())
