"""Tokens of a real TSA are accepted, by `openssl ts -verify` too; each lie in one is refused by its name."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.anchoring import authority
from tests.anchoring.authority import (
    OTHER_POLICY,
    POLICY,
    STAMPING,
    Authority,
    Life,
    ago,
    certify,
    new_key,
    openssl_accepts,
    query,
    unsorted,
)  # fmt: skip
from vault.anchoring import reply, tokens
from vault.anchoring.certificates import parse_roots
from vault.anchoring.tokens import Untrusted
from vault.evidence.intervals import UNSTATED
from vault.evidence.strict import Malformed

NOTE = b"magnets.example/disclosures\n4\nCMPGp6AnDuF7BmkJh3pVFbUK2qR5C0btZqWwvaDAkC0=\n\n(signature lines)\n"
NONCE = 2**64 - 1


def refusal(token: bytes, tsa: Authority, stamped: bytes = NOTE, **asked: object) -> Malformed:
    with pytest.raises(Malformed) as raised:
        tokens.check(token, stamped, tsa.roots, "token", **asked)  # type: ignore[arg-type]  # nonce and policy
    return raised.value


@pytest.mark.parametrize("name", ["tsa", "rsa_tsa"])
def test_what_a_tsa_answers_is_accepted_here_and_by_openssl(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    tsa = request.getfixturevalue(name)
    answer = tsa.reply(tokens.request(NOTE, NONCE))
    stamp = tokens.check(answer, NOTE, tsa.roots, "token", NONCE, POLICY)
    assert abs(stamp.time - datetime.now(UTC)) < timedelta(seconds=60)
    assert stamp.time.microsecond % 1000 == 0
    assert (stamp.policy, stamp.tsa, stamp.until) == (POLICY, f"CN={tsa.name} TSA", Life().last)
    (tmp_path / "token").write_bytes(answer)
    (tmp_path / "note").write_bytes(NOTE)
    openssl_accepts(tmp_path / "token", tmp_path / "note", tsa.folder / "root.pem")


def test_accuracy_is_the_stated_one_and_never_nothing_where_none_is_stated(tsa: Authority, rsa_tsa: Authority) -> None:
    stated = tokens.check(tsa.stamp(NOTE), NOTE, tsa.roots, "token")
    assert stated.accuracy == stated.margin == timedelta(seconds=1, milliseconds=500, microseconds=100)
    silent = tokens.check(rsa_tsa.stamp(NOTE), NOTE, rsa_tsa.roots, "token")
    assert (silent.accuracy, silent.margin) == (None, UNSTATED)
    assert timedelta(seconds=1) <= UNSTATED


def test_policy_that_is_asked_for_is_the_one_of_the_token(tsa: Authority) -> None:
    answer = tsa.reply(tokens.request(NOTE, 1, OTHER_POLICY))
    assert tokens.check(answer, NOTE, tsa.roots, "token", 1, OTHER_POLICY).policy == OTHER_POLICY
    assert refusal(answer, tsa, policy=POLICY).expected == f"policy {POLICY}"


def test_certificates_in_any_order_are_accepted_and_the_reply_stays_as_it_was(tsa: Authority, tmp_path: Path) -> None:
    answer = tsa.stamp(NOTE)
    turned = [unsorted(answer), reply.read(answer, "token").der]
    assert len(set(turned)) == 2
    for one in turned:
        assert tokens.check(one, NOTE, tsa.roots, "token") == tokens.check(answer, NOTE, tsa.roots, "token")
        (tmp_path / "token").write_bytes(one)
        (tmp_path / "note").write_bytes(NOTE)
        openssl_accepts(tmp_path / "token", tmp_path / "note", tsa.folder / "root.pem")


def test_certificate_hash_of_rfc_3161_itself_is_read(tmp_path: Path) -> None:
    old = Authority(tmp_path / "tsa", ess="sha1")
    answer = old.stamp(NOTE)
    assert reply.read(answer, "token").certificate_hashes[0][0] == "sha1"
    assert tokens.check(answer, NOTE, old.roots, "token").tsa == "CN=Test TSA"


def test_longer_imprints_are_accepted(tsa: Authority) -> None:
    assert tokens.check(tsa.reply(query(NOTE, digest="sha512")), NOTE, tsa.roots, "token").policy == POLICY


def test_chain_that_leads_elsewhere_is_untrusted_and_nothing_worse(tsa: Authority, rsa_tsa: Authority) -> None:
    for roots in (rsa_tsa.roots, ()):
        with pytest.raises(Untrusted):
            tokens.check(tsa.stamp(NOTE), NOTE, roots, "token")
    with pytest.raises(Untrusted):  # the authority below the root is no root
        tokens.check(tsa.stamp(NOTE), NOTE, [tsa.middle.der], "token")


def test_until_is_when_the_first_certificate_of_the_chain_ends(tmp_path: Path) -> None:
    soon = datetime(2027, 1, 1, tzinfo=UTC)
    short = Authority(tmp_path / "tsa", life=Life(last=soon))
    assert tokens.check(short.stamp(NOTE, time=ago(days=1)), NOTE, short.roots, "token").until == soon


@dataclass(frozen=True)
class Lie:
    """Who lies how, and the word that the refusal has."""

    word: str
    made: Callable[[Authority], bytes]


def other(tsa: Authority, usage: x509.ExtendedKeyUsage | None, *, critical: bool = True) -> authority.Certified:
    return certify("Web server", new_key("ec"), tsa.middle, usage, critical=critical)


def twin(tsa: Authority) -> bytes:
    """A web server's key stamps; a certificate with the same issuer and number, self-made, says it may."""
    web = other(tsa, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]))
    false = certify("Web server", web.key, authority.Certified(new_key("ec"), tsa.middle.certificate), STAMPING,
                    serial=web.certificate.serial_number)  # fmt: skip
    return tsa.lying(tsa.stamp(NOTE), by=false, also=[web.der])


GRANTED, MODIFIED = bytes.fromhex("3003020100"), bytes.fromhex("3003020101")
BOTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH])
LIES = {
    "another text": Lie("imprint of the stamped bytes", lambda tsa: tsa.stamp(NOTE + b" ")),
    "SHA-1": Lie("imprint by one of", lambda tsa: tsa.reply(query(NOTE, digest="sha1"))),
    "refused": Lie("status granted", lambda tsa: tsa.reply(query(NOTE, digest="md5"))),
    "refused with no reason": Lie("status granted", lambda _: bytes.fromhex("30053003020102")),
    "granted with modifications": Lie("status granted", lambda tsa: tsa.stamp(NOTE).replace(GRANTED, MODIFIED, 1)),
    "granted without a token": Lie("time-stamp response", lambda _: bytes.fromhex("30053003020100")),
    "nothing": Lie("time-stamp response", lambda _: b""),
    "a web page": Lie("time-stamp response", lambda _: b"<html>It works!</html>"),
    "cut": Lie("time-stamp response", lambda tsa: tsa.stamp(NOTE)[:-1]),
    "with more behind it": Lie("time-stamp response", lambda tsa: tsa.stamp(NOTE) + b"\0"),
    "the token alone": Lie("time-stamp response", lambda tsa: tsp.TimeStampResp.load(tsa.stamp(NOTE))[1].dump()),
    "huge": Lie("at most 65536 bytes", lambda tsa: tsa.stamp(NOTE) + bytes(1 << 16)),
    "no usage": Lie("extended key usage", lambda tsa: tsa.lying(tsa.stamp(NOTE), by=other(tsa, None))),
    "usage not critical": Lie(
        "critical", lambda tsa: tsa.lying(tsa.stamp(NOTE), by=other(tsa, STAMPING, critical=False))
    ),
    "another use beside": Lie("only extended key", lambda tsa: tsa.lying(tsa.stamp(NOTE), by=other(tsa, BOTH))),
    "two certificates of one name": Lie("exactly one certificate", twin),
    "before its certificate": Lie("as the certificate has it", lambda tsa: tsa.stamp(NOTE, time=ago(days=9000))),
    "after its certificate": Lie("as the certificate has it", lambda tsa: tsa.stamp(NOTE, time=ago(days=-9000))),
    "signed by another key": Lie(
        "signature by the TSA's", lambda tsa: tsa.lying(
            tsa.stamp(NOTE), by=authority.Certified(new_key("ec"), tsa.tsa.certificate)),
    ),
    "naming no certificate": Lie("signed hash", lambda tsa: tsa.lying(tsa.stamp(NOTE), naming=[])),
    "naming another certificate": Lie(
        "the signed hash", lambda tsa: tsa.lying(tsa.stamp(NOTE), naming=[tsa.middle.der])
    ),
    "naming two certificates": Lie(
        "the signed hash", lambda tsa: tsa.lying(tsa.stamp(NOTE), naming=[tsa.tsa.der, tsa.middle.der])
    ),
    "accuracy of years": Lie(
        "accuracy of at most", lambda tsa: tsa.lying(tsa.stamp(NOTE), accuracy={"seconds": 10**9})
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_lies_are_refused_by_their_name(tsa: Authority, lie: Lie) -> None:
    found = refusal(lie.made(tsa), tsa)
    assert lie.word in str(found)
    assert not isinstance(found, Untrusted)


def test_what_is_signed_here_is_accepted_where_it_does_not_lie(tsa: Authority, tmp_path: Path) -> None:
    """Else every lie might be refused for being signed by a test."""
    made = tsa.lying(tsa.stamp(NOTE), gen_time=ago(days=30))
    assert tokens.check(made, NOTE, tsa.roots, "token").time < ago(days=29)
    (tmp_path / "token").write_bytes(made)
    (tmp_path / "note").write_bytes(NOTE)
    openssl_accepts(tmp_path / "token", tmp_path / "note", tsa.folder / "root.pem")


def test_answer_to_another_question_is_refused(tsa: Authority) -> None:
    answer = tsa.reply(tokens.request(NOTE, 1))
    assert refusal(answer, tsa, nonce=2).expected == "the nonce that was sent"
    assert refusal(tsa.reply(bare_query()), tsa, nonce=2).found == "'none'"


def bare_query() -> bytes:
    asked = tsp.TimeStampReq.load(query(NOTE))
    del asked["nonce"]
    made: bytes = asked.dump(force=True)
    return made


def test_refusal_tells_the_reason_of_the_tsa(tsa: Authority) -> None:
    assert "bad_alg" in refusal(tsa.reply(query(NOTE, digest="md5")), tsa).found


@pytest.fixture(scope="module")
def answer(tsa: Authority) -> bytes:
    return tsa.stamp(NOTE)


@settings(max_examples=300)
@given(place=st.integers(0, 2_000), change=st.integers(1, 255))
def test_no_byte_of_a_token_can_be_changed_so_that_it_says_another_time(
    tsa: Authority, answer: bytes, place: int, change: int
) -> None:
    changed = bytearray(answer)
    changed[place % len(changed)] ^= change
    try:
        stamp = tokens.check(bytes(changed), NOTE, tsa.roots, "token")
    except Malformed:
        return
    assert stamp == tokens.check(answer, NOTE, tsa.roots, "token")


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_malformed_and_nothing_else(tsa: Authority, data: bytes) -> None:
    refusal(data, tsa)
    refusal(bytes.fromhex("3082012a3003020100") + data, tsa)


def test_nonce_is_of_64_bits(tsa: Authority) -> None:
    for nonce in (0, -1, 2**64):
        with pytest.raises(ValueError, match="nonce"):
            tokens.request(NOTE, nonce)


def test_roots_are_read_from_pem_and_der_and_nothing_else(tsa: Authority, rsa_tsa: Authority) -> None:
    assert parse_roots(tsa.root.pem + rsa_tsa.root.pem, "roots") == (*tsa.roots, *rsa_tsa.roots)
    assert parse_roots(tsa.root.der, "roots") == tsa.roots
    for data in (b"", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", bytes(1 << 19)):
        with pytest.raises(Malformed):
            parse_roots(data, "roots")


def test_checking_a_token_loads_no_database_no_cloud_and_no_command_line() -> None:
    program = "import sys, vault.anchoring.tokens; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"sqlcipher3", "boto3", "click", "urllib3", "vault.archive", "keys"}


def test_certificate_with_a_name_of_unusual_length_is_read_in_silence(tsa: Authority) -> None:
    """pytest makes a warning an error."""
    changed = tsa.tsa.der.replace(b"\x06\x03U\x04\x03", b"\x06\x03U\x04\x06")  # common name to country
    assert changed != tsa.tsa.der
    own = authority.Certified(tsa.tsa.key, x509.load_der_x509_certificate(changed))
    with pytest.raises(Malformed):
        tokens.check(tsa.lying(tsa.stamp(NOTE), by=own), NOTE, tsa.roots, "token")
