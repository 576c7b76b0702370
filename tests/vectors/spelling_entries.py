"""A good entry in parts, and how vectors of entries are spelt: every text is signed by the member it names."""

from base64 import b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence.ledgers import ORIGIN, log_lines, member_line, signer, vrf_line
from tests.evidence.signers import Log
from vault.evidence.note import render

Lines = list[str]

EMPTY = b64encode(sha256(b"").digest()).decode()
TIME = "2026-11-22T17:39:28.123456Z"


def hashed(word: str) -> str:
    """Base64 of some 32 bytes."""
    return b64encode(sha256(word.encode()).digest()).decode()


TAGS = [f"tag {hashed(word)}" for word in sorted("abcdefgh", key=lambda word: sha256(word.encode()).digest())]
RECORD = f"record {hashed('record')}"
PREVIOUS = f"previous {hashed('previous')}"
HEAD = ["disclosure-vault/entry/v1", ORIGIN, "17", "disclosure", TIME]
GOOD = [*HEAD, RECORD, *TAGS, PREVIOUS]
HEX = sha256(b"some file").hexdigest()
KEYRING = f"keyring {HEX}"
GENESIS = [*log_lines(Log(ORIGIN)), vrf_line(1), member_line("m1", "custodian"), KEYRING]
TREE = f"checkpoint 16 {hashed('root')}"
TOKEN = f"token {HEX}"
SAFE = str.maketrans("+/", "-_")
ADDRESS = next(hashed(word) for word in map(str, range(99)) if "+" in hashed(word) and "/" in hashed(word))


def note(lines: Lines, by: str = "m2") -> bytes:
    text = "".join(f"{line}\n" for line in lines)
    return render(text, [signer(by).sign(text)])


def with_line(number: int, line: str) -> Lines:
    """The good entry with another line in the place of this one, counted from 1."""
    return [*GOOD[: number - 1], line, *GOOD[number:]]


def public(kind: str, *lines: str, seq: int = 17) -> Lines:
    return [*HEAD[:2], str(seq), kind, TIME, *lines, f"previous {EMPTY}" if seq == 0 else PREVIOUS]


def case(name: str, leaf: bytes, why: str = "") -> vectors.Case:
    try:
        shown = {"entry": leaf.decode()}
    except UnicodeDecodeError:
        shown = {"entry-hex": leaf.hex()}
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **shown}


def accept(name: str, lines: Lines, by: str = "m2") -> vectors.Case:
    leaf = note(lines, by)
    words = [line.split(" ", 1) for line in lines[5:]]
    return {
        **case(name, leaf),
        "origin": lines[1],
        "seq": int(lines[2]),
        "kind": lines[3],
        "time": lines[4],
        "record": next((value for word, value in words if word == "record"), None),
        "tags": [value for word, value in words if word == "tag"],
        "lines": [line for line in lines[5:-1] if line.split(" ")[0] not in ("record", "tag")],
        "previous": words[-1][1],
        "signer": by,
        "leaf-hash": b64encode(sha256(b"\0" + leaf).digest()).decode(),
    }
