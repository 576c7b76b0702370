"""A reply of a TSA taken apart (RFC 3161 section 2.4.2, CMS RFC 5652): bytes in, what it says out. Verifies nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import cms, core, tsp

from vault.evidence.strict import Malformed, refuse

MAX_REPLY = 1 << 16  # bytes: with a chain of five certificates about 8,000
MAX_CERTIFICATES = 16
HASHES = ("sha256", "sha384", "sha512")  # of the imprint and of the signature; shorter ones collide

# All that asn1crypto raises on foreign bytes, of which it parses each part as it is asked for.
_UNPARSED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


class _Response(core.Sequence):  # type: ignore[misc]  # untyped
    """RFC 3161's TimeStampResp, whose token is optional: where the status is a refusal there is none."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Reply:
    """A granted reply as it reads; whether any of it is true, `tokens.check` says.

    `der` is the reply with its certificates in the order that DER asks for, of the same length as what was read.
    `certificate_hashes` are (algorithm, hash): by them the signer says which certificate is his (RFC 5816).
    """

    der: bytes
    imprint: tuple[str, bytes]
    time: datetime
    accuracy: timedelta | None
    policy: str
    serial: int
    nonce: int | None
    digest: str
    signer: tuple[bytes, int]
    certificates: tuple[bytes, ...]
    certificate_hashes: tuple[tuple[str, bytes], ...]


def read(data: bytes, where: str) -> Reply:
    """Take a whole reply apart, of at most 64 KiB. `Malformed` also where its status is not exactly `granted`."""
    if len(data) > MAX_REPLY:
        refuse(where, f"at most {MAX_REPLY} bytes", f"{len(data)} bytes")
    try:
        return _read(data, where)
    except Malformed:
        raise
    except _UNPARSED as exc:
        raise Malformed(where, "a time-stamp response (RFC 3161) in DER", f"{len(data)} bytes that are none") from exc


def _read(data: bytes, where: str) -> Reply:
    response = _Response.load(data, strict=True)
    _refuse_not_granted(response["status"], where)
    content = response["time_stamp_token"]
    if content["content_type"].native != "signed_data":
        refuse(where, "signed data", content["content_type"].native)
    signed = content["content"]
    if signed["encap_content_info"]["content_type"].native != "tst_info":
        refuse(where, "time-stamp information that is signed", signed["encap_content_info"]["content_type"].native)
    info = tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents, strict=True)
    signer = _only(signed["signer_infos"], where, "signer")
    if signer["sid"].name != "issuer_and_serial_number":
        refuse(where, "a signer named by issuer and serial number", signer["sid"].name)
    imprint = info["message_imprint"]
    return Reply(
        _sorted(data, signed["certificates"], where),
        (imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native),
        _time(info["gen_time"].native, where),
        _accuracy(info["accuracy"].native, where),
        info["policy"].dotted,
        info["serial_number"].native,
        info["nonce"].native,
        signer["digest_algorithm"]["algorithm"].native,
        (signer["sid"].chosen["issuer"].dump(), signer["sid"].chosen["serial_number"].native),
        tuple(one.dump() for one in signed["certificates"]),
        tuple(_certificate_hashes(signer["signed_attrs"], where)),
    )


def _refuse_not_granted(status: Any, where: str) -> None:
    """[`grantedWithMods` stands for another policy or hash than was asked for.]"""
    found = status["status"].native
    if found != "granted":
        said = [*sorted(status["fail_info"].native or ()), *(status["status_string"].native or ())]
        refuse(where, "the status granted", ": ".join([str(found), ", ".join(said)]).removesuffix(": "))


def _only(values: Any, where: str, what: str) -> Any:
    if len(values) != 1:
        refuse(where, f"exactly one {what}", len(values))
    return values[0]


def _sorted(data: bytes, certificates: Any, where: str) -> bytes:
    """TSAs send certificates in the order of their chain; DER wants a set sorted by its bytes, and so does the checker.

    The set is not signed, and its length stays; all else is left byte for byte, [so nothing is mended unseen].
    """
    if not 0 < len(certificates) <= MAX_CERTIFICATES:
        refuse(where, f"1 to {MAX_CERTIFICATES} certificates, the signer's among them", len(certificates))
    ordered = b"".join(sorted(one.dump() for one in certificates))
    return data.replace(certificates.contents, ordered, 1)


def _time(value: datetime, where: str) -> datetime:
    if value.utcoffset() != timedelta(0):
        refuse(where, "a time in UTC", value)
    return value.astimezone(UTC)


def _accuracy(value: dict[str, int | None] | None, where: str) -> timedelta | None:
    """RFC 3161 section 2.4.2: a part that is not there is zero; without any, the accuracy is not known."""
    if value is None:
        return None
    parts = [value["seconds"] or 0, value["millis"] or 0, value["micros"] or 0]
    if min(parts) < 0 or max(parts) > 86_400:
        refuse(where, "an accuracy of at most a day", parts)
    return timedelta(seconds=parts[0], milliseconds=parts[1], microseconds=parts[2])


def _certificate_hashes(attributes: Iterable[Any], where: str) -> Iterable[tuple[str, bytes]]:
    """The first certificate of each `signingCertificate` attribute: the signer's own (RFC 2634, RFC 5035)."""
    for attribute in attributes:
        kind = attribute["type"].native
        if kind in ("signing_certificate", "signing_certificate_v2"):
            value: cms.CMSAttribute = _only(attribute["values"], where, f"value of {kind}")
            named = value["certs"][0]
            algorithm = named["hash_algorithm"]["algorithm"].native if kind.endswith("v2") else "sha1"
            yield algorithm, named["cert_hash"].native
