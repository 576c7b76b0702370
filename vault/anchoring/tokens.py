"""Time-stamp tokens (RFC 3161, RFC 5816): what is asked of a TSA, and the whole check of what it answered.

The signature and the chain are rfc3161-client's to check, the structure asn1crypto's to read; both stay behind the two
functions of this file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import tsp
from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from vault.anchoring import certificates
from vault.anchoring.reply import HASHES, Reply, read
from vault.evidence.intervals import UNSTATED
from vault.evidence.strict import Malformed, refuse

NONCE_BITS = 64


class Untrusted(Malformed):
    """A token that nothing is wrong with but that its chain leads to none of the roots, at the time it states.

    Its signature was then not verified: it counts for nothing, and contradicts nothing.
    """


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a verified token says: `stamped` existed at `time`, within `accuracy`; None where the TSA states none.

    `until` is when the first certificate of the chain ends: from then on somebody else has to vouch for the token.
    """

    time: datetime
    accuracy: timedelta | None
    policy: str
    tsa: str
    until: datetime

    @property
    def margin(self) -> timedelta:
        """What the interval is widened by: the stated accuracy, or `UNSTATED` where none is stated; never nothing."""
        return UNSTATED if self.accuracy is None else self.accuracy


def request(stamped: bytes, nonce: int, policy: str = "") -> bytes:
    """A TimeStampReq in DER: SHA-256 of `stamped`, certificates wanted, a random `nonce` below 2^64, maybe a policy."""
    if not 0 < nonce < 1 << NONCE_BITS:
        raise ValueError(f"a nonce of 1 to {NONCE_BITS} bits")
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(stamped).digest()}
    asked = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    made: bytes = tsp.TimeStampReq(asked | ({"req_policy": policy} if policy else {})).dump()
    return made


def check(
    token: bytes, stamped: bytes, roots: Sequence[bytes], where: str, nonce: int | None = None, policy: str = ""
) -> Stamp:
    """The stamp of a whole reply (DER, at most 64 KiB) over exactly `stamped`, under `roots` (certificates in DER).

    In this order: status granted; imprint of the bytes by SHA-256 or longer; `nonce` and `policy` where given; one
    certificate that the signed attributes name, made for stamping only, valid at the stated time; its chain to one of
    the roots, valid at that time; the signature. Revocation is not asked for. Raises `Untrusted` where only the chain
    fails, `Malformed` otherwise.
    """
    reply = read(token, where)
    _check_imprint(reply, stamped, where)
    if nonce is not None and reply.nonce != nonce:
        refuse(where, "the nonce that was sent", "none" if reply.nonce is None else "another")
    if policy and reply.policy != policy:
        refuse(where, f"policy {policy}", reply.policy)
    if reply.digest not in HASHES:
        refuse(where, f"a signature over one of {', '.join(HASHES)}", reply.digest)
    with certificates.parsed(where):
        own = certificates.signers_own(reply, where)
        trusted = certificates.load(roots)
        _check_signature(reply, stamped, trusted, where)
        until = certificates.valid_until(own, [*certificates.load(reply.certificates), *trusted])
        return Stamp(reply.time, reply.accuracy, reply.policy, own.subject.rfc4514_string(), until)


def _check_imprint(reply: Reply, stamped: bytes, where: str) -> None:
    algorithm, found = reply.imprint
    if algorithm not in HASHES:
        refuse(where, f"an imprint by one of {', '.join(HASHES)}", algorithm)
    expected = hashlib.new(algorithm, stamped).digest()
    if found != expected:
        refuse(where, f"the imprint of the stamped bytes, {expected.hex()}", found.hex())


def _check_signature(reply: Reply, stamped: bytes, roots: Sequence[x509.Certificate], where: str) -> None:
    if not roots:
        raise Untrusted(where, "a root to lead to", "none was given")
    verifier = VerifierBuilder(roots=list(dict.fromkeys(roots))).build()
    try:
        verifier.verify_message(decode_timestamp_response(reply.der), stamped)
    except VerificationError as exc:
        if "certificate verify error" in str(exc):  # OpenSSL checks the chain before the signature
            reason = str(exc).partition("Verify error:")[2].partition('"')[0].strip()
            raise Untrusted(where, "a chain to one of the roots, valid at the stated time", reason) from exc
        raise Malformed(where, "a signature by the TSA's certificate", "one that does not hold") from exc
    except ValueError as exc:
        raise Malformed(where, "a time-stamp response in DER", type(exc).__name__) from exc
