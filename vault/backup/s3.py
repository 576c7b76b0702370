"""A bucket of S3, or of what speaks like it: the one module that meets boto3, and all that it raises.

Each thing sent carries its SHA-256, which the server compares; each thing read is as long as was said.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from datetime import UTC
from hashlib import sha256 as hash_of
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from urllib3.exceptions import HTTPError

from vault.backup.store import UNVERSIONED, BadChecksum, Facts, Lapsed, Lock, Part, Taken, Version
from vault.errors import Misuse, NotFound, Refused, Unavailable

SCHEME = "s3"
WORKERS = 8  # requests at once

_ABSENT = frozenset(("404", "NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NotFound"))
_UNTOLD = frozenset(("400", "403"))
_TAKEN = frozenset(("412", "PreconditionFailed", "ConditionalRequestConflict"))
_BAD = frozenset(("BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest"))
_LAPSED = {  # what waiting alone does not end
    "ExpiredToken": "renew the credentials, then repeat",
    "ExpiredTokenException": "renew the credentials, then repeat",
    "TokenRefreshRequired": "renew the credentials, then repeat",
    "RequestExpired": "set this machine's clock, then repeat",
    "RequestTimeTooSkewed": "set this machine's clock, then repeat",
}
_LATER = {
    "RequestTimeout": "repeat it",
    "IncompleteBody": "repeat it",
    "SlowDown": "repeat it later",
    "Throttling": "repeat it later",
    "OperationAborted": "repeat it",
}


class Address(NamedTuple):
    """`s3://bucket/prefix`."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read an address; a password in it is refused, as others would see it."""
        parts = urlsplit(url)
        if parts.scheme != SCHEME or not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
            raise Misuse(f"{url!a} is no address of a bucket", "like s3://bucket/prefix")
        prefix = parts.path.strip("/")
        if not prefix.isascii() or not prefix.isprintable() or " " in prefix or "//" in prefix:
            raise Misuse(f"{url!a}: a prefix is of printable ASCII without spaces", "like s3://bucket/prefix")
        return cls(parts.netloc, prefix)

    def __str__(self) -> str:
        return f"{SCHEME}://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")


class Access(NamedTuple):
    """How a bucket is reached beside its address; what is empty, boto3 finds by itself (its usual chain)."""

    endpoint: str = ""
    region: str = ""
    profile: str = ""
    path_style: bool = False
    kms: str = ""


class Patience(NamedTuple):
    """How long a request is waited for: seconds to connect, seconds without a byte, and how often botocore repeats it,
    adaptively; `patient` goes on until its own deadline.
    """

    connect: float = 10
    read: float = 60
    attempts: int = 5


DEFAULTS, USUAL = Access(), Patience()


class S3Bucket:
    """A bucket below a prefix. Thread-safe, as clients of boto3 are."""

    def __init__(self, address: Address, access: Access = DEFAULTS, patience: Patience = USUAL) -> None:
        self.address = address
        self.name = str(address)
        self._bucket = address.bucket
        self._prefix = f"{address.prefix}/" if address.prefix else ""
        self._kms = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": access.kms} if access.kms else {}
        self._client = _client(access, patience)

    def below(self, prefix: str) -> "S3Bucket":
        """The same bucket at another prefix; both share their connections."""
        other = copy(self)
        other.address = Address(self.address.bucket, prefix)
        other.name, other._prefix = str(other.address), f"{prefix}/" if prefix else ""
        return other

    def put(self, key: str, data: bytes, lock: Lock | None, *, sha256: bytes = b"", absent: bool = False) -> str:
        """PutObject, with If-None-Match where nothing is to be there."""
        digest = sha256 or hash_of(data).digest()
        more = {"IfNoneMatch": "*"} if absent else {}
        with _translated(f"{self.name}/{key}"):
            done = self._client.put_object(
                **self._at(key), Body=data, ChecksumSHA256=_base64(digest), **_locked(lock), **self._kms, **more
            )
        return str(done.get("VersionId", UNVERSIONED))

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        """GetObject, of a range where one is asked for."""
        where = f"{self.name}/{key}"
        if size == 0:
            return b""
        ranged = {"Range": f"bytes={start}-{start + size - 1 if size > 0 else ''}"} if start or size > 0 else {}
        with _translated(where):
            try:
                answer = self._client.get_object(**self._at(key, version), **ranged)
            except ClientError as exc:
                if _code(exc) == "InvalidRange":  # nothing behind its end
                    return b""
                raise
            with answer["Body"] as body:
                data: bytes = body.read()
        if len(data) != answer["ContentLength"]:
            raise Unavailable(f"{where} was cut off on its way", "repeat it")
        return data

    def facts(self, key: str, version: str = "") -> Facts:
        """HeadObject."""
        with _translated(f"{self.name}/{key}"):
            said = self._head(key, version)
        mode, until = said.get("ObjectLockMode"), said.get("ObjectLockRetainUntilDate")
        lock = Lock(str(mode), until.astimezone(UTC)) if mode and until else None
        id_ = str(said.get("VersionId", UNVERSIONED))
        return Facts(id_, said["ContentLength"], said.get("ChecksumSHA256", ""), lock, said["LastModified"])

    def _head(self, key: str, version: str) -> Any:
        """Ask; an answer to HEAD has no body, so that why it was refused, only a GET tells."""
        try:
            return self._client.head_object(**self._at(key, version), ChecksumMode="ENABLED")
        except ClientError as exc:
            if _code(exc) not in _UNTOLD:
                raise
            self._client.get_object(**self._at(key, version), Range="bytes=0-0")["Body"].close()
            raise Unavailable(f"{self.name}/{key}: the server answers {_code(exc)} now and then", "repeat it") from exc

    def versions(self, prefix: str = "") -> Iterator[Version]:
        """ListObjectVersions, page by page; of a bucket without versions, what there is."""
        pages = self._client.get_paginator("list_object_versions")
        answers = iter(pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix))
        while True:
            with _translated(f"{self.name}/{prefix}"):
                page = next(answers, None)
            if page is None:
                return
            listed = [(one, False) for one in page.get("Versions", [])]
            listed += [(one, True) for one in page.get("DeleteMarkers", [])]
            found = [self._version(one, marker) for one, marker in listed if one["Key"].startswith(self._prefix)]
            yield from sorted(found, key=lambda one: (one.key, not one.latest))

    def _version(self, said: Mapping[str, Any], marker: bool) -> Version:
        key = str(said["Key"]).removeprefix(self._prefix)
        size = 0 if marker else int(said["Size"])
        return Version(key, str(said["VersionId"]), size, bool(said["IsLatest"]), marker, said["LastModified"])

    def retain(self, key: str, version: str, lock: Lock) -> None:
        """PutObjectRetention; never with the right to bypass."""
        until = {"Mode": lock.mode, "RetainUntilDate": lock.until}
        with _translated(f"{self.name}/{key}"):
            self._client.put_object_retention(**self._at(key, version), Retention=until)

    def delete(self, key: str, version: str = "") -> None:
        """DeleteObject."""
        with _translated(f"{self.name}/{key}"):
            self._client.delete_object(**self._at(key, version))

    def begin(self, key: str, lock: Lock | None) -> str:
        """CreateMultipartUpload."""
        with _translated(f"{self.name}/{key}"):
            done = self._client.create_multipart_upload(
                **self._at(key), ChecksumAlgorithm="SHA256", **_locked(lock), **self._kms
            )
        return str(done["UploadId"])

    def send(self, key: str, upload: str, number: int, data: bytes, sha256: bytes) -> Part:
        """UploadPart."""
        with _translated(f"{self.name}/{key}"):
            done = self._client.upload_part(
                **self._at(key), UploadId=upload, PartNumber=number, Body=data, ChecksumSHA256=_base64(sha256)
            )
        return Part(len(data), sha256, str(done["ETag"]))

    def sent(self, key: str, upload: str) -> Mapping[int, Part]:
        """ListParts, all pages."""
        found: dict[int, Part] = {}
        with _translated(f"{self.name}/{key}"):
            for page in self._client.get_paginator("list_parts").paginate(**self._at(key), UploadId=upload):
                for one in page.get("Parts", []):
                    digest = b64decode(one["ChecksumSHA256"]) if one.get("ChecksumSHA256") else b""
                    found[int(one["PartNumber"])] = Part(int(one["Size"]), digest, str(one["ETag"]))
        return found

    def finish(self, key: str, upload: str, parts: Mapping[int, Part]) -> str:
        """CompleteMultipartUpload."""
        listed = [
            {"PartNumber": number, "ETag": part.tag, "ChecksumSHA256": _base64(part.sha256)}
            for number, part in sorted(parts.items())
        ]
        with _translated(f"{self.name}/{key}"):
            done = self._client.complete_multipart_upload(
                **self._at(key), UploadId=upload, MultipartUpload={"Parts": listed}
            )
        return str(done.get("VersionId", UNVERSIONED))

    def settings(self) -> Mapping[str, Any]:
        """What the bucket says of itself: `versioning`, `lock` (empty if none); what it does not tell is left out."""
        said: dict[str, Any] = {}
        with suppress(Refused, NotFound), _translated(self.name):
            said["versioning"] = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status", "")
        with suppress(Refused, NotFound), _translated(self.name):
            try:
                answer = self._client.get_object_lock_configuration(Bucket=self._bucket)
                said["lock"] = answer.get("ObjectLockConfiguration", {})
            except ClientError as exc:
                if _code(exc) != "ObjectLockConfigurationNotFoundError":
                    raise
                said["lock"] = {}
        return said

    def _at(self, key: str, version: str = "") -> dict[str, str]:
        named = {"Bucket": self._bucket, "Key": self._prefix + key}
        return {**named, "VersionId": version} if version and version != UNVERSIONED else named


def _client(access: Access, patience: Patience) -> Any:
    style: dict[str, Any] = {"payload_signing_enabled": False}  # each body has its SHA-256 in a header that is signed
    style |= {"addressing_style": "path"} if access.path_style else {}
    config = Config(
        s3=style, max_pool_connections=WORKERS * 2,
        retries={"mode": "adaptive", "total_max_attempts": patience.attempts},
        connect_timeout=patience.connect, read_timeout=patience.read, user_agent_extra="dvault",
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
    )  # fmt: skip
    try:
        session = boto3.session.Session(profile_name=access.profile or None, region_name=access.region or None)
        return session.client("s3", endpoint_url=access.endpoint or None, config=config)
    except (BotoCoreError, ValueError) as exc:
        raise Misuse(f"S3 cannot be used: {exc}", "say --endpoint, --region or --profile otherwise") from exc


def _locked(lock: Lock | None) -> dict[str, Any]:
    return {"ObjectLockMode": lock.mode, "ObjectLockRetainUntilDate": lock.until} if lock else {}


def _base64(digest: bytes) -> str:
    return b64encode(digest).decode()


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except ClientError as exc:
        raise _fault(where, exc) from exc
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as exc:
        raise Refused(f"{where}: {exc}", "give credentials as boto3 takes them, like AWS_PROFILE") from exc
    except (BotoCoreError, HTTPClientError, HTTPError, OSError) as exc:
        raise Unavailable(f"{where} cannot be reached: {type(exc).__name__}", "repeat it; what arrived stays") from exc


def _fault(where: str, exc: ClientError) -> Exception:
    """What the caller can do about an error of the server; its own words are not repeated but for the code."""
    code, status = _code(exc), int(exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _BAD:
        return BadChecksum(f"{where} arrived with another SHA-256", "repeat it")
    if code in _LAPSED or code in _LATER or status >= 500 or status in (408, 429):
        kind = Lapsed if code in _LAPSED else Unavailable
        hint = _LAPSED.get(code) or _LATER.get(code, "repeat it later")
        return kind(f"{where}: the server answers {code or status}", hint)
    if code == "NoSuchBucket":
        return NotFound(f"{where}: there is no such bucket", "make it, with Object Lock on: docs/operations.md")
    if code in _ABSENT or status == 404:
        return NotFound(f"{where} is not there")
    if code in _TAKEN or status in (409, 412):
        return Taken(f"{where} is there already")
    return Refused(f"{where}: the server refuses it ({code or status})", "see docs/operations.md for the policies")
