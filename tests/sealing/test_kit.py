"""Every vector of the age test kit comes out as it expects, whole and with the header kept apart."""

import hashlib
import io
import re
from collections.abc import Callable

import pytest

from keys.age import Identity, parse_identity
from tests import shared_data
from tests.sealing import kit
from vault.sealing import armor, blob, document, header
from vault.sealing.errors import Damaged, NotForUs

# What the kit calls each part. It counts the nonce to the header; with the header kept apart it lies with the payload.
FAILURES = {
    "armor": "armor failure",
    "header": "header failure",
    "MAC": "HMAC failure",
    "nonce": "header failure",
    "payload": "payload failure",
}


def opened_whole(data: bytes, identities: list[Identity]) -> bytes:
    return blob.open_sealed(data, identities, limit=1 << 30)


def opened_apart(data: bytes, identities: list[Identity]) -> bytes:
    head, payload = header.split(data)
    sink = io.BytesIO()
    content = document.unseal(head, document.Payload(io.BytesIO(payload), len(payload)), sink, identities)
    assert content == document.Content(len(sink.getvalue()), hashlib.sha256(sink.getvalue()).digest())
    return sink.getvalue()


def outcome(vector: kit.Vector, way: Callable[[bytes, list[Identity]], bytes]) -> tuple[str, str]:
    """The verdict in the kit's words, and the SHA-256 of what came out."""
    identities = [parse_identity(text) for text in vector.identities]
    try:
        content = way(armor.decode(vector.data) if vector.armored else vector.data, identities)
    except Damaged as fault:
        return FAILURES[fault.part], ""
    except NotForUs:
        return "no match", ""
    return "success", hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("way", [opened_whole, opened_apart])
@pytest.mark.parametrize("name", kit.names())
def test_vector_comes_out_as_it_expects(name: str, way: Callable[[bytes, list[Identity]], bytes]) -> None:
    vector = kit.read(name)
    content = vector.payload_sha256 if vector.expect == "success" else ""  # elsewhere: of what age may give out before
    assert outcome(vector, way) == (vector.expect, content)


def test_out_of_scope_is_exactly_what_only_a_passphrase_opens() -> None:
    shared_data("age-testkit")
    vectors = map(kit.read, kit.all_names())
    lone_scrypt = {each.name for each in vectors if each.passphrases and len(re.findall(rb"\n-> ", each.data)) == 1}
    assert kit.out_of_scope() == lone_scrypt


def test_kit_is_all_there() -> None:
    shared_data("age-testkit")
    assert len(kit.all_names()) == 95
    assert len(kit.names()) == 95 - len(kit.out_of_scope())


@pytest.mark.parametrize("name", sorted(kit.out_of_scope()))
def test_vector_out_of_scope_is_refused_with_a_reason(name: str) -> None:
    vector = kit.read(name)
    with pytest.raises(NotForUs, match=r"passphrase \(scrypt\): not supported"):
        opened_whole(vector.data, [])
