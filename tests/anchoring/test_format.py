"""docs/format/anchors.md holds real bytes that openssl accepts, and the committed vectors are judged as they say."""

import re
from base64 import b64decode
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests import vectors
from tests.anchoring.authority import openssl_accepts
from tests.evidence.ledgers import examine
from tests.evidence.test_formats import BLOCKS as LEDGER
from tests.evidence.test_formats import LEAVES
from tests.vectors import example, generate_anchors
from vault.anchoring import tokens
from vault.anchoring.certificates import parse_roots
from vault.evidence import entry, merkle, public
from vault.evidence.strict import Malformed, base64_text

TEXT = generate_anchors.TEXT.read_text("utf-8")
BLOCKS = example.read_blocks(TEXT)
CASES = vectors.read("anchors")
TOKEN = b64decode(BLOCKS["token"])


def test_generator_writes_what_is_committed() -> None:
    assert generate_anchors.build() == vectors.committed("anchors")
    assert generate_anchors.fill(TEXT) == TEXT
    assert BLOCKS.keys() == generate_anchors.blocks().keys()


def test_rejects_outnumber_accepts_and_say_why() -> None:
    rejected = [case for case in CASES if case["expect"] == "reject"]
    assert len(rejected) > len(CASES) - len(rejected)
    assert all(case["why"] for case in rejected)
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vectors_are_judged_as_they_say(case: vectors.Case) -> None:
    roots = [b64decode(root) for root in case["roots"]]
    if case["expect"] == "reject":
        with pytest.raises(Malformed):
            tokens.check(b64decode(case["token"]), case["note"].encode(), roots, "token")
        return
    stamp = tokens.check(b64decode(case["token"]), case["note"].encode(), roots, "token")
    assert stamp.time == datetime.fromisoformat(case["time"])
    assert stamp.accuracy == (None if case["accuracy"] is None else timedelta(microseconds=case["accuracy"]))


# From here on nothing but the text is read: what a stranger has.


def test_example_token_holds_over_the_example_checkpoint_and_says_what_the_text_says(tmp_path: Path) -> None:
    note = LEDGER["checkpoint"].encode()
    stamp = tokens.check(TOKEN, note, parse_roots(BLOCKS["tsa-root"].encode(), "root"), "token")
    said = re.search(r"It says (\S+), accurate to one second", TEXT)
    assert said is not None
    assert (stamp.time, stamp.accuracy) == (datetime.fromisoformat(said[1]), timedelta(seconds=1))
    assert f"`-attime {int(stamp.time.timestamp())}`" in TEXT
    for name, data in {"token.tsr": TOKEN, "checkpoint": note, "root.pem": BLOCKS["tsa-root"].encode()}.items():
        (tmp_path / name).write_bytes(data)
    (command,) = re.findall(r"^openssl ts -verify (.*)$", TEXT, re.MULTILINE)
    assert command == "-in token.tsr -data checkpoint -CAfile root.pem"
    at = ["-attime", str(int(stamp.time.timestamp()))]
    openssl_accepts(tmp_path / "token.tsr", tmp_path / "checkpoint", tmp_path / "root.pem", *at)


def test_example_entry_names_the_example_token_and_follows_the_example_ledger() -> None:
    anchor = entry.parse(BLOCKS["anchor"].encode())
    checkpoint, token = map(public.split, anchor.entry.public_lines)
    assert checkpoint == ("checkpoint", f"4 {base64_text(merkle.root(LEAVES))}")
    assert token == ("token", sha256(TOKEN).hexdigest())
    assert examine([*LEAVES, BLOCKS["anchor"].encode()]) == []
