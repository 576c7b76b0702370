"""A key of AWS KMS locks the identity. docs/format/identity.md, section Protector aws-kms.

The encryption context names what is locked and for whom: KMS authenticates it, shows it in its audit trail, and opens
under no other. [A box moved into another identity's file would open there.]
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from keys.errors import CannotUnlock
from keys.protectors.interface import FILE_KEY_SIZE, Arguments
from vault.evidence.strict import base64_bytes, base64_text, refuse

NAME = "aws-kms"
MAX_BOX = 6_144  # bytes: what KMS answers at most

_GONE = {"NotFoundException", "DisabledException", "KMSInvalidStateException"}
_DENIED = {"AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException"}


class AwsKms(NamedTuple):
    """Locks and unlocks by KMS. `client(region)` makes a boto3 client; `key` (an ARN) is for new locks.

    `context` is the public string of the identity; its SHA-256 stands in the encryption context.
    """

    client: Callable[[str], Any]
    context: bytes
    key: str = ""

    @property
    def name(self) -> str:
        """`aws-kms`."""
        return NAME

    @property
    def bound(self) -> dict[str, str]:
        """The encryption context."""
        return {"disclosure-vault": "identity/v1", "public-sha256": sha256(self.context).hexdigest()}

    def lock(self, file_key: bytes) -> Arguments:
        """`<key ARN> <box>`."""
        with _told(self.key):
            answer = self.client(_region(self.key)).encrypt(
                KeyId=self.key, Plaintext=file_key, EncryptionContext=self.bound
            )
        return str(answer["KeyId"]), base64_text(answer["CiphertextBlob"])

    def unlock(self, locks: Sequence[Arguments], where: str) -> bytes:
        """The file key. Raises `CannotUnlock` where KMS refuses or is not reached."""
        failed: CannotUnlock | None = None
        for arn, box in [_parse(arguments, where) for arguments in locks]:
            try:
                return self._open(arn, box, where)
            except CannotUnlock as exc:
                failed = exc
        raise failed or CannotUnlock(f"{where}: KMS does not open it")

    def _open(self, arn: str, box: bytes, where: str) -> bytes:
        with _told(arn):
            answer = self.client(_region(arn)).decrypt(KeyId=arn, CiphertextBlob=box, EncryptionContext=self.bound)
        file_key = bytes(answer["Plaintext"])
        if len(file_key) != FILE_KEY_SIZE:
            raise CannotUnlock(f"KMS key {arn} opens {where} to something else", "the file was damaged")
        return file_key


@contextmanager
def _told(arn: str) -> Iterator[None]:
    """What KMS refuses, as a sentence. Neither box nor context is in it."""
    try:
        yield
    except ClientError as exc:
        code = str(exc.response.get("Error", {}).get("Code", ""))
        if code in _DENIED:
            raise CannotUnlock(f"KMS denies the use of {arn} ({code})", "sign in anew, or ask who manages it") from exc
        if code in _GONE:
            raise CannotUnlock(
                f"KMS key {arn} is not usable ({code})", "use another protector of the identity"
            ) from exc
        if code in ("InvalidCiphertextException", "IncorrectKeyException"):
            hint = "this file was damaged, or put together from two"
            raise CannotUnlock(f"KMS key {arn} does not open it under this identity's context", hint) from exc
        raise CannotUnlock(f"KMS key {arn}: {code}", "repeat it later") from exc
    except BotoCoreError as exc:
        hint = "see network, region and AWS_PROFILE; another protector of the identity opens it meanwhile"
        raise CannotUnlock(f"KMS is not reached: {type(exc).__name__}", hint) from exc


def _region(arn: str) -> str:
    """`arn:aws:kms:eu-central-1:1234:key/…`."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "kms" or not parts[3]:
        raise CannotUnlock(f"{arn} is no ARN of a KMS key", "name it like arn:aws:kms:REGION:ACCOUNT:key/ID")
    return parts[3]


def _parse(arguments: Arguments, where: str) -> tuple[str, bytes]:
    if len(arguments) != 2:
        refuse(where, "protector aws-kms <key ARN> <box>", f"{len(arguments)} arguments")
    box = base64_bytes(arguments[1], where)
    if not 0 < len(box) <= MAX_BOX:
        refuse(where, f"a box of 1 to {MAX_BOX} bytes", len(box))
    return arguments[0], box
