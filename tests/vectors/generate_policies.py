"""Writes policies.json: verifier's policies, a checkpoint judged by each, and texts that are none."""

from base64 import b64encode

from tests import vectors
from tests.evidence import naive_merkle as naive
from tests.evidence.signers import Log, Signer, witness
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import ED25519_COSIGNATURE, Signature, render

ABOUT = (
    "Verifier's policies. Accept: `policy` is one, and of the checkpoint (signed by the log at `time` and cosigned as "
    "its lines say) it says `missing` (empty: nothing), the names in `witnesses` and `auditors` count, the quorum was "
    "complete at `complete` (POSIX seconds, null if it was not). Reject: it is no policy. Test keys."
)
_LOG = Log("magnets.example/disclosures")
_W1, _W2, _W3 = (witness(f"witness.example/w{n}") for n in (1, 2, 3))
_AUDITOR = witness("auditor.example/a")
_TREE = Checkpoint(_LOG.origin, 7, naive.root([b"entry-%d\n" % number for number in range(7)]))
_ROOT = b"\x30\x82" + (300).to_bytes(2, "big") + bytes(300)
_FINGERPRINT = "f4a9cf5145026ae2ad167d13793f0892d6e93b8276682cc49381b81201a0e98b"
_TWIN = Signer("another.example/name", "test witness witness.example/w1", ED25519_COSIGNATURE)

_HEAD = f"disclosure-vault/policy/v1\nfingerprint {_FINGERPRINT}\n"
_A, _T = f"auditor {_AUDITOR.key}\n", f"tsa {b64encode(_ROOT).decode()}\n"
_L = f"log {_LOG.ed25519.key}\n"
_WITNESSES = "".join(f"witness w{n} {one.key}\n" for n, one in enumerate((_W1, _W2, _W3), 1))
_GOOD = f"{_HEAD}{_A}{_T}\n{_L}{_WITNESSES}group two 2 w1 w2 w3\nquorum two\n"


def _note(*signatures: Signature) -> str:
    return render(_TREE.text, [_LOG.ed25519.sign(_TREE.text), *signatures]).decode()


_THREE = _note(
    _W1.cosign(_TREE.text, 1_790_000_300), _W2.cosign(_TREE.text, 1_790_000_100), _AUDITOR.cosign(_TREE.text, 9)
)


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(ABOUT, [*_accepted(), *_rejected()], checkpoint=_THREE)


def _case(name: str, policy: str, why: str = "", **other: object) -> vectors.Case:
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **other, "policy": policy}


def _judged(name: str, policy: str, **other: object) -> vectors.Case:
    usual: vectors.Case = {"missing": "", "witnesses": ["w1", "w2"], "auditors": [], "complete": None}
    return {**_case(name, policy), **usual, **other, "policy": policy}


def _accepted() -> list[vectors.Case]:
    one = f"{_HEAD}\nwitness w1 {_W1.key}\nquorum w1\n"
    nested = f"{_HEAD}\n{_WITNESSES}group a all w1 w2\ngroup b any a w3\nquorum b\n"
    return [
        _judged("two of three, an auditor, a root", _GOOD, auditors=["auditor.example/a"], complete=1_790_000_300),
        _judged("one witness, no log", one, witnesses=["w1"], complete=1_790_000_300),
        _judged("no quorum", f"{_HEAD}\nquorum none\n", witnesses=[]),
        _judged("no quorum, a witness all the same", one.replace("quorum w1", "quorum none"), witnesses=["w1"]),
        _judged("all of three", _GOOD.replace("two 2", "two all"), missing="quorum", auditors=["auditor.example/a"]),
        _judged(
            "any of three", _GOOD.replace("two 2", "two any"), auditors=["auditor.example/a"], complete=1_790_000_100
        ),
        _judged("groups in groups", nested, complete=1_790_000_300),
        _judged("a witness that did not", one.replace(str(_W1.key), str(_W3.key)), witnesses=[], missing="quorum"),
        _judged(
            "white space and comments",
            f"{_HEAD}\n\t# of ours\n\n \twitness\tw1  {_W1.key} \n quorum w1\t\n",
            witnesses=["w1"],
            complete=1_790_000_300,
        ),
        _judged(
            "URLs", one.replace(str(_W1.key), f"{_W1.key} https://w.example/"), witnesses=["w1"], complete=1_790_000_300
        ),
        _judged(
            "another log",
            one.replace("\n\n", f"\n\nlog {Log('other.example').ed25519.key}\n"),
            witnesses=["w1"],
            missing="no log",
            complete=1_790_000_300,
        ),
        _judged(
            "a name that is a word of the format",
            one.replace("w1", "quorum", 1).replace("quorum w1", "quorum quorum"),
            witnesses=["quorum"],
            complete=1_790_000_300,
        ),
    ]


def _rejected() -> list[vectors.Case]:
    order, once, key = "the head has one order", "each once", "a key of its kind, in one spelling"
    swaps = {
        "another version": ("policy/v1", "policy/v2", "the first line names the version"),
        "no version": ("disclosure-vault/policy/v1\n", "", "the first line names the version"),
        "CR LF": ("policy/v1\n", "policy/v1\r\n", "no control characters but line feed"),
        "no fingerprint": (f"fingerprint {_FINGERPRINT}\n", "", "a fingerprint is needed"),
        "two fingerprints": ("\nauditor", f"\nfingerprint {_FINGERPRINT}\nauditor", order),
        "a fingerprint in upper case": (_FINGERPRINT, _FINGERPRINT.upper(), "64 lower-case digits"),
        "a fingerprint of 63 digits": (_FINGERPRINT, _FINGERPRINT[:-1], "64 lower-case digits"),
        "two spaces after a word": ("fingerprint ", "fingerprint  ", "one spelling of the head"),
        "a comment in the head": ("\nauditor", "\n# mine\nauditor", "one spelling of the head"),
        "TSA before auditor": (_A + _T, _T + _A, order),
        "an auditor twice": (_A, _A + _A, once),
        "an auditor with the key of the log": (_A, f"auditor {_own(4)}\n", "the log is no auditor of itself"),
        "an auditor with a log's kind of key": (_A, f"auditor {Signer('a.example', 'x').key}\n", "a cosigner's key"),
        "a TSA root twice": (_T, _T + _T, once),
        "a TSA root that is cut": (_T, f"tsa {b64encode(_ROOT[:-1]).decode()}\n", "a whole certificate"),
        "a TSA root with a tail": (_T, f"tsa {b64encode(_ROOT + b'x').decode()}\n", "a whole certificate"),
        "a TSA root of no bytes": (_T, "tsa \n", "a whole certificate"),
        "no empty line": ("\n\nlog", "\nlog", "an empty line parts head and C2SP policy"),
        "no quorum line": ("quorum two\n", "", "one quorum line"),
        "two quorum lines": ("quorum two\n", "quorum two\nquorum none\n", "one quorum line"),
        "a quorum of nobody": ("quorum two", "quorum three", "a name of a line before"),
        "a quorum before its group": (
            "group two 2 w1 w2 w3\nquorum two\n",
            "quorum two\ngroup two 2 w1 w2 w3\n",
            "a name of a line before",
        ),
        "a quorum of two names": ("quorum two", "quorum two w1", "one name"),
        "no line feed at the end": ("quorum two\n", "quorum two", "every line ends in a line feed"),
        "another word": ("quorum two", "Quorum two", "one of four words"),
        "a comment behind a line": ("quorum two", "quorum two # all", "a comment has a line of its own"),
        "a carriage return": ("quorum two", "quorum two\r", "no control characters but tab"),
        "a DEL": ("quorum two", "quorum two\x7f", "no control characters but tab"),
        "a no-break space between fields": ("quorum two", "quorum\u00a0two", "space and tab separate, nothing else"),
        "a witness's name twice": ("witness w2", "witness w1", "each name once"),
        "a witness called none": ("witness w3", "witness none", "the word is taken"),
        "a group called as a witness": ("group two", "group w1", "each name once"),
        "a member twice": ("w1 w2 w3\n", "w1 w2 w2\n", "each name in one group once"),
        "a member of two groups": ("quorum two", "group more any w1\nquorum two", "each name in one group once"),
        "a member none": ("w1 w2 w3\n", "w1 w2 none\n", "none is no member"),
        "a group in itself": ("w1 w2 w3\n", "w1 two\n", "a name of a line before"),
        "a group of nobody": ("group two 2 w1 w2 w3", "group two any", "one member at least"),
        "0 of three": ("two 2", "two 0", "1 to the number of members"),
        "4 of three": ("two 2", "two 4", "1 to the number of members"),
        "02 of three": ("two 2", "two 02", "one spelling of a number"),
        "-1 of three": ("two 2", "two -1", "one spelling of a number"),
        "most of three": ("two 2", "two most", "all, any or a number"),
        "one key under two names": (f"w2 {_W2.key}", f"w2 {_TWIN.key}", "one key is one witness"),
        "the log's key as a witness": (f"w2 {_W2.key}", f"w2 {_own(4)}", "the log is no witness of itself"),
        "a log twice": (_L, _L + _L, "each log once"),
        "a log with a cosigner's key": (_L, f"log {_own(4)}\n", key),
        "a witness with a log's kind of key": (f"w2 {_W2.key}", f"w2 {Signer('w2.example', 'w2').key}", key),
        "a key with another id": (f"{_W2.key.id.hex()}", "00000000", key),
        "a key id in upper case": (f"{_W1.key.id.hex()}", f"{_W1.key.id.hex().upper()}", key),
        "a log with three fields": (_L, f"{_L[:-1]} https://a https://b\n", "at most a URL after the key"),
        "a witness without a key": (f"w2 {_W2.key}", "w2", "a key is needed"),
    }
    missed = [name for name, (old, _, _) in swaps.items() if old not in _GOOD]
    assert not missed, missed
    cases = [_case(name, _GOOD.replace(old, new, 1), why) for name, (old, new, why) in swaps.items()]
    return [
        *cases,
        _case("nothing", "", "the first line names the version"),
        _case("the head alone", _HEAD, "a quorum is needed"),
    ]


def _own(kind: int) -> object:
    return Signer(_LOG.origin, f"test log {_LOG.origin}", kind).key


if __name__ == "__main__":
    vectors.write("policies", build())
