"""Every committed vector of sealed documents comes out as it expects, and is what its generator writes."""

import io
import re
from base64 import b64decode
from pathlib import Path

import pytest

from keys.age import parse_identity
from tests import vectors
from tests.vectors import generate_sealed_document
from vault.sealing import blob
from vault.sealing.document import Payload, unseal
from vault.sealing.errors import Damaged, NotForUs

CASES = vectors.read("sealed-document")


def outcome(case: vectors.Case) -> tuple[str, bytes]:
    """The verdict, and what came out."""
    payload, sink = b64decode(case["payload"]), io.BytesIO()
    source = Payload(io.BytesIO(payload), len(payload), bytes.fromhex(case["payload_sha256"]))
    identities = [parse_identity(text) for text in case["identities"]]
    try:
        content = unseal(case["header"].encode(), source, sink, identities, bytes.fromhex(case["sha256"]))
    except NotForUs:
        return "no match", b""
    except Damaged as fault:
        return fault.part, b""
    assert content.size == case["size"]
    return "accept", sink.getvalue()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector_comes_out_as_it_expects(case: vectors.Case) -> None:
    content = b64decode(case["content"]) if case["expect"] == "accept" else b""
    assert outcome(case) == (case["expect"], content)


@pytest.mark.parametrize("case", [case for case in CASES if case["expect"] == "accept"], ids=lambda case: case["name"])
def test_accepted_vector_is_an_age_file_when_put_together(case: vectors.Case) -> None:
    whole = case["header"].encode() + b64decode(case["payload"])
    identities = [parse_identity(text) for text in case["identities"]]
    assert blob.open_sealed(whole, identities, limit=1000) == b64decode(case["content"])


def test_committed_vectors_are_what_their_generator_writes() -> None:
    assert vectors.committed(generate_sealed_document.NAME) == generate_sealed_document.build()


def test_rejects_outnumber_accepts() -> None:
    accepted = sum(case["expect"] == "accept" for case in CASES)
    assert accepted < len(CASES) - accepted


def test_example_of_the_document_is_the_first_vector() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "format" / "sealed-document.md").read_text("utf-8")
    identity, header, payload, record = re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    case = CASES[0]
    assert [identity, header, payload] == [case["identities"][0] + "\n", case["header"], case["payload"] + "\n"]
    size = len(b64decode(case["payload"]))
    assert record == f"{case['size']} {case['sha256']}\n{size} {case['payload_sha256']}\n"
    assert b64decode(case["content"]).decode().strip() in text
