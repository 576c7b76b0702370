"""A TSA for tests: certificates made here, every reply made by `openssl ts`, and the same reply again with lies in it.

What openssl would not sign (another time, a certificate without the right to stamp) is signed here with the same key.
"""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

POLICY = "1.3.6.1.4.1.99999.1"
OTHER_POLICY = "1.3.6.1.4.1.99999.2"
STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])

_CONFIG = """\
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = {policy}
other_policies = {other}
digests = {digests}
{accuracy}
clock_precision_digits = 3
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def new_key(kind: str) -> PrivateKey:
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Life:
    """From when to when a certificate is valid."""

    first: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    last: datetime = datetime(2045, 1, 1, tzinfo=UTC)


@dataclass
class Certified:
    """A key and its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def certify(
    name: str, key: PrivateKey, by: Certified | None, usage: x509.ExtendedKeyUsage | None, *, critical: bool = True,
    life: Life = Life(), serial: int = 0,
) -> Certified:  # fmt: skip
    """A certificate for `key`; without `by` it is a root; without `usage` an authority."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(life.first)
        .not_valid_after(life.last)
        .add_extension(x509.BasicConstraints(usage is None, None), critical=True)
    )
    if usage is not None:
        made = made.add_extension(usage, critical=critical)
    signing = by.key if by else key
    deterministic = True if isinstance(signing, ec.EllipticCurvePrivateKey) else None
    return Certified(key, made.sign(signing, hashes.SHA256(), ecdsa_deterministic=deterministic))


@dataclass
class Authority:
    """A root, an authority below it, and a TSA below that; `reply` answers as `openssl ts` does."""

    folder: Path
    kind: str = "ec"
    accuracy: str = "accuracy = secs:1, millisecs:500, microsecs:100"
    digests: str = "sha1, sha256, sha512"
    ess: str = "sha256"
    life: Life = Life()
    name: str = "Test"
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = certify(f"{self.name} Root", new_key(self.kind), None, None)
        self.middle = certify(f"{self.name} Authority", new_key(self.kind), self.root, None)
        self.tsa = certify(f"{self.name} TSA", new_key(self.kind), self.middle, STAMPING, life=self.life)
        key = self.tsa.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / "tsa.key").write_bytes(key)
        (self.folder / "tsa.pem").write_bytes(self.tsa.pem)
        (self.folder / "chain.pem").write_bytes(self.middle.pem)
        (self.folder / "root.pem").write_bytes(self.root.pem)
        (self.folder / "serial").write_text("01\n")
        config = _CONFIG.format(
            folder=self.folder, policy=POLICY, other=OTHER_POLICY, digests=self.digests, accuracy=self.accuracy,
            ess=self.ess,
        )  # fmt: skip
        (self.folder / "tsa.cnf").write_text(config)

    @property
    def roots(self) -> tuple[bytes, ...]:
        return (self.root.der,)

    def reply(self, query: bytes) -> bytes:
        """What `openssl ts` answers."""
        with self._lock:
            (self.folder / "query").write_bytes(query)
            _openssl(
                "ts", "-reply", "-config", self.folder / "tsa.cnf", "-section", "ours",
                "-queryfile", self.folder / "query", "-out", self.folder / "reply",
            )  # fmt: skip
            return (self.folder / "reply").read_bytes()

    def stamp(self, data: bytes, *, time: datetime | None = None) -> bytes:
        """A reply to an ordinary question about `data`, of now or of another time."""
        made = self.reply(query(data))
        return made if time is None else self.lying(made, gen_time=time)

    def lying(
        self, reply: bytes, *, by: Certified | None = None, also: Sequence[bytes] = (),
        naming: Sequence[bytes] | None = None, **info: Any,
    ) -> bytes:  # fmt: skip
        """The reply with other fields of its TSTInfo, `by` another certificate, `also` with more, `naming` another."""
        signer = by or self.tsa
        signed = tsp.TimeStampResp.load(reply)["time_stamp_token"]["content"]
        told = tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents)
        for name, value in info.items():
            told[name] = value
        return sign_reply(told, signer, [self.middle.der, *also], naming)


def sign_reply(
    told: tsp.TSTInfo, signer: Certified, others: Sequence[bytes], naming: Sequence[bytes] | None = None
) -> bytes:
    """A granted reply by `signer` that says what it is told to; the same bytes each time where his key is elliptic."""
    content = told.dump()
    attributes = _attributes(content, [signer.der] if naming is None else naming)
    own = asn1_x509.Certificate.load(signer.der)
    algorithm = "rsassa_pkcs1v15" if isinstance(signer.key, rsa.RSAPrivateKey) else "sha256_ecdsa"
    one = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}},
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": algorithm},
        "signature": _sign(signer.key, attributes.dump()),
    }
    signed = cms.SignedData({
        "version": "v3",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
        "certificates": [asn1_x509.Certificate.load(der) for der in (signer.der, *others)],
        "signer_infos": [one],
    })  # fmt: skip
    token = {"content_type": "signed_data", "content": signed}
    answer: bytes = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    return answer


def _attributes(content: bytes, named: Sequence[bytes]) -> cms.CMSAttributes:
    """The signed attributes over `content`, by the certificates `named`."""
    hashes = [tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(der).digest()}]}) for der in named]
    return cms.CMSAttributes([
        {"type": "content_type", "values": ["tst_info"]},
        {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
        *({"type": "signing_certificate_v2", "values": [one]} for one in hashes),
    ])  # fmt: skip


def _sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def query(data: bytes, *, digest: str = "sha256", nonce: int = 4711, **more: Any) -> bytes:
    """A question as any client asks it."""
    imprint = tsp.MessageImprint({
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": digest}),
        "hashed_message": hashlib.new(digest, data).digest(),
    })  # fmt: skip
    asked = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    made: bytes = tsp.TimeStampReq(asked | more).dump()
    return made


def unsorted(reply: bytes) -> bytes:
    """The reply with its certificates in the order that DER does not allow."""
    certificates = tsp.TimeStampResp.load(reply)["time_stamp_token"]["content"]["certificates"]
    listed = sorted((one.dump() for one in certificates), reverse=True)
    return reply.replace(certificates.contents, b"".join(listed))


def openssl_accepts(token: Path, stamped: Path, root: Path, *more: str | Path) -> None:
    """The second opinion: `openssl ts -verify` over the same bytes."""
    said = _openssl("ts", "-verify", "-in", token, "-data", stamped, "-CAfile", root, *more)
    assert "Verification: OK" in said


def _openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def ago(**parts: float) -> datetime:
    return datetime.now(UTC) - timedelta(**parts)
