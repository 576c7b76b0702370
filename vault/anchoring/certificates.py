"""Certificates of TSAs: roots as people hand them over, the signer's own as RFC 3161 wants it."""

import hashlib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID

from vault.anchoring.reply import Reply
from vault.evidence.strict import Malformed, refuse

MAX_ROOTS_FILE = 1 << 18  # bytes
MAX_ROOTS = 64
_UNPARSED = (
    ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,
)  # fmt: skip
_LONGEST = 16  # certificates of a chain


def parse_roots(data: bytes, where: str) -> tuple[bytes, ...]:
    """The certificates of a file, PEM (one or several) or DER, each as DER, in their order. `Malformed` else."""
    if len(data) > MAX_ROOTS_FILE:
        refuse(where, f"at most {MAX_ROOTS_FILE} bytes", f"{len(data)} bytes")
    with parsed(where):
        is_pem = b"-----BEGIN" in data
        found = x509.load_pem_x509_certificates(data) if is_pem else load([data])
    if len(found) > MAX_ROOTS:
        refuse(where, f"at most {MAX_ROOTS} certificates", len(found))
    return tuple(map(_der, found))


def pem(certificates: Iterable[bytes]) -> bytes:
    """The certificates, each once, in PEM."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in load([*dict.fromkeys(certificates)]))


@contextmanager
def parsed(where: str) -> Iterator[None]:
    """What a certificate raises as it is asked for one of its parts is `Malformed`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a name of unusual length: it is compared, not shown
            warnings.simplefilter("error", CryptographyDeprecationWarning)  # of what its next release refuses
            yield
    except Malformed:
        raise
    except _UNPARSED as exc:
        raise Malformed(where, "certificates in DER (RFC 5280)", type(exc).__name__) from exc


def load(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    """The certificates, to be asked within `parsed`."""
    return [x509.load_der_x509_certificate(der) for der in certificates]


def signers_own(reply: Reply, where: str) -> x509.Certificate:
    """The certificate whose key signed, by all the names the reply has for it, fit to stamp at the time it says.

    [Two certificates with one issuer and number: a checker takes the web server's key from one, the right to stamp from
    the other.]
    """
    named = [one for one in load(reply.certificates) if _name(one) == reply.signer]
    if len(named) != 1:
        refuse(where, "exactly one certificate with the signer's issuer and serial number", len(named))
    _check_hashes(reply, named[0], where)
    _check_usage(named[0], where)
    _check_validity(reply, named[0], where)
    return named[0]


def _name(certificate: x509.Certificate) -> tuple[bytes, int]:
    return certificate.issuer.public_bytes(), certificate.serial_number


def _check_hashes(reply: Reply, certificate: x509.Certificate, where: str) -> None:
    """RFC 3161 section 2.4.2: the signed attributes name the certificate by its hash, all of them alike."""
    if not reply.certificate_hashes:
        refuse(where, "a signed hash of the signer's certificate (RFC 5816)", "none")
    for algorithm, found in reply.certificate_hashes:
        if algorithm not in ("sha1", "sha256", "sha384", "sha512"):  # SHA-1: RFC 3161's own; no collision helps here
            refuse(where, "a hash of the signer's certificate by a known algorithm", algorithm)
        if hashlib.new(algorithm, _der(certificate), usedforsecurity=False).digest() != found:
            refuse(where, "the signed hash of the signer's certificate", found.hex())


def _check_usage(certificate: x509.Certificate, where: str) -> None:
    """RFC 3161 section 2.3: for stamping and nothing else, and critical."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as exc:
        raise Malformed(where, "a certificate with the extended key usage timeStamping", type(exc).__name__) from exc
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        found = ", ".join(one.dotted_string for one in usage.value) + ("" if usage.critical else ", not critical")
        refuse(where, "timeStamping as the only extended key usage of the certificate, critical", found)


def _check_validity(reply: Reply, certificate: x509.Certificate, where: str) -> None:
    """[A stamp dated before its certificate was made, or after it ended.]"""
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= reply.time <= last:
        refuse(where, f"a time from {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}, as the certificate has it",
               f"{reply.time:%Y-%m-%d %H:%M:%S}")  # fmt: skip


def valid_until(own: x509.Certificate, others: Iterable[x509.Certificate]) -> datetime:
    """When the first certificate of the chain from `own` up ends; of several for one name the longest-lived counts."""
    known, end = list(others), own.not_valid_after_utc
    for _ in range(_LONGEST):
        above = [one for one in known if one.subject == own.issuer]
        if own.issuer == own.subject or not above:
            break
        own = max(above, key=lambda one: one.not_valid_after_utc)
        end = min(end, own.not_valid_after_utc)
    return end


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
