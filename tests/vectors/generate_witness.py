"""Writes witness-requests.json: bodies of add-checkpoint (C2SP tlog-witness), and imitations."""

from base64 import b64encode

from tests import vectors
from tests.evidence import naive_merkle as naive
from tests.evidence.signers import Log
from tests.evidence.trees import nodes_over
from vault.evidence import merkle
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import render

ABOUT = (
    "Bodies of add-checkpoint requests (C2SP tlog-witness). Accept: `request` is well formed, from `old` to `size` "
    "with as many `hashes`. Reject: a witness answers with `status`. No signature and no proof is looked at. Test keys."
)
_LOG = Log("magnets.example/disclosures")
_LEAVES = [b"entry-%d\n" % number for number in range(7)]
_NODE = nodes_over([merkle.leaf_hash(leaf) for leaf in _LEAVES])


def _note(size: int) -> str:
    tree = Checkpoint(_LOG.origin, size, naive.root(_LEAVES[:size]))
    return render(tree.text, [_LOG.ed25519.sign(tree.text)]).decode()


def _request(old: int, size: int = 7) -> str:
    hashes = merkle.consistency_proof(old, size, _NODE) if old else []
    return "\n".join([f"old {old}", *(b64encode(hash_).decode() for hash_ in hashes), "", _note(size)])


_GOOD = _request(5)
_FIRST = b64encode(merkle.consistency_proof(5, 7, _NODE)[0]).decode()


def build() -> str:
    """The text of the vector file."""
    accepted = [_case(f"{old} to {size}", _request(old, size), old=old, size=size) for old, size in
                ((5, 7), (4, 7), (7, 7), (0, 7), (0, 0), (1, 2))]  # fmt: skip
    for case in accepted:
        case["hashes"] = len(case["request"].split("\n\n")[0].split("\n")) - 1
    return vectors.spell(ABOUT, [*accepted, *_rejected()])


def _case(name: str, request: str, why: str = "", **other: object) -> vectors.Case:
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **other, "request": request}


def _rejected() -> list[vectors.Case]:
    number, hash_, shape = (
        "a decimal in one spelling",
        "32 bytes in one spelling",
        "old, hashes, an empty line, a checkpoint",
    )
    swaps = {
        "no old size": ("old 5\n", "", shape),
        "old without a number": ("old 5", "old ", number),
        "old with a zero before": ("old 5", "old 05", number),
        "old with a sign": ("old 5", "old +5", number),
        "old with two spaces": ("old 5", "old  5", number),
        "old in wide digits": ("old 5", "old ５", number),
        "old 2^63": ("old 5", f"old {2**63}", number),
        "old above the size": ("old 5", "old 8", "the old size is at most the new one"),
        "Old": ("old 5", "Old 5", shape),
        "CR LF": ("old 5\n", "old 5\r\n", "no control characters but line feed"),
        "a hash without padding": (_FIRST, _FIRST[:-1], hash_),
        "a hash of 31 bytes": (_FIRST, b64encode(bytes(31)).decode(), hash_),
        "a hash of no bytes": (_FIRST, "", shape),
        "a hash with a space": (_FIRST, f"{_FIRST} ", hash_),
        "64 hashes": (_FIRST, "\n".join([_FIRST] * 64), "at most 63 hashes"),
        "no empty line": ("\n\nmagnets", "\nmagnets", shape),
        "two empty lines": ("\n\nmagnets", "\n\n\nmagnets", shape),
        "no signature": ("\n— ", "\n", "a signed note"),
        "an extension line": ("\n\n—", "\nextension\n\n—", "three lines"),
        "a size with a zero before": ("\n7\n", "\n07\n", number),
    }
    cases = [_case(name, _GOOD.replace(old, new, 1), why, status=400) for name, (old, new, why) in swaps.items()]
    cases += [
        _case("nothing", "", shape, status=400),
        _case("words at the end", f"{_GOOD}words\n", "the checkpoint ends it", status=400),
        _case("no line feed at the end", _GOOD[:-1], "every line ends in a line feed", status=400),
        _case(
            "the root of something over nothing", _request(0).replace("\n7\n", "\n0\n"), "the empty root", status=422
        ),
    ]
    return cases


if __name__ == "__main__":
    vectors.write("witness-requests", build())
