"""A KMS key opens what it locked, in the same context, as long as it may be used."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from keys.errors import CannotUnlock
from keys.protectors.aws_kms import AwsKms
from vault.evidence.strict import Malformed, base64_bytes, base64_text

FILE_KEY = bytes(range(32))
REGION = "eu-central-1"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("kms", region_name=REGION)


@pytest.fixture
def protector(client: Any) -> AwsKms:
    arn = client.create_key()["KeyMetadata"]["Arn"]
    return AwsKms(lambda _: client, b"public string", arn)


def refusing(error: Exception) -> Any:
    """A client that answers as KMS does where moto does not."""

    class Client:
        def decrypt(self, **_: object) -> object:
            raise error

        encrypt = decrypt

    return lambda _: Client()


def answer(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn and context"}}, "Decrypt")


def test_opens_what_it_locked(protector: AwsKms) -> None:
    lock = protector.lock(FILE_KEY)
    assert protector.unlock([lock], "identity") == FILE_KEY
    assert FILE_KEY not in base64_bytes(lock[1], "box")


def test_the_context_names_identity_and_use(protector: AwsKms) -> None:
    assert set(protector.bound) == {"disclosure-vault", "public-sha256"}


def test_a_line_in_another_identitys_file_opens_nothing(protector: AwsKms) -> None:
    lock = protector.lock(FILE_KEY)
    with pytest.raises(CannotUnlock, match="does not open it under this identity's context"):
        protector._replace(context=b"another").unlock([lock], "identity")


def test_the_first_that_opens_counts(protector: AwsKms) -> None:
    locks = [protector._replace(context=b"another").lock(FILE_KEY), protector.lock(FILE_KEY)]
    assert protector.unlock(locks, "identity") == FILE_KEY


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (answer("AccessDeniedException"), "KMS denies the use"),
        (answer("ExpiredTokenException"), "KMS denies the use"),
        (answer("DisabledException"), "is not usable"),
        (answer("ThrottlingException"), "ThrottlingException"),
        (EndpointConnectionError(endpoint_url="x"), "KMS is not reached"),
    ],
)
def test_what_kms_refuses_is_a_sentence(protector: AwsKms, error: Exception, says: str) -> None:
    lock = protector.lock(FILE_KEY)
    with pytest.raises(CannotUnlock, match=says) as raised:
        protector._replace(client=refusing(error)).unlock([lock], "identity")
    assert lock[1] not in str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize("arn", ["", "alias/mine", "arn:aws:s3:::bucket", "arn:aws:kms::1:key/2"])
def test_a_name_that_is_no_arn_is_refused(protector: AwsKms, arn: str) -> None:
    with pytest.raises(CannotUnlock, match="no ARN"):
        protector._replace(key=arn).lock(FILE_KEY)


@pytest.mark.parametrize("arguments", [(), ("arn",), ("arn", "===="), ("arn", base64_text(bytes(7000))), ("a", "", "")])
def test_another_form_of_line_is_malformed(protector: AwsKms, arguments: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        protector.unlock([arguments], "identity")
