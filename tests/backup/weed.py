"""A real S3 server: SeaweedFS on this machine's loopback, with an owner, and members of a bucket by its policy."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from vault.backup.patient import Patient
from vault.backup.s3 import Access, Address, Patience, S3Bucket

ROLES = ("writer", "restorer", "auditor")
OWNER = "owner"
REGION = "us-east-1"
WEED = Path(sys.executable).with_name("weed")
_READY_SECONDS = 60
_HASTY = Patience(connect=5, read=20, attempts=3)


def secret(name: str) -> str:
    """The secret key of whoever is called so."""
    return f"{name}-secret-key"


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on now, below the range that outgoing connections take; SeaweedFS adds 10,000 for gRPC."""
    found: list[int] = []
    for port in range(20_000 + (time.time_ns() // 1000) % 2_000, 22_700, 7):
        if all(_is_free(one) for one in (port, port + 10_000)):
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@dataclass(slots=True)
class Weed:
    """A running server; `stop` ends it."""

    folder: Path
    endpoint: str = ""
    process: "subprocess.Popen[bytes] | None" = None
    reached: dict[tuple[str, str, str], S3Bucket] = field(default_factory=dict)
    _buckets: int = field(default=0)

    def start(self) -> "Weed":
        """Start, and wait until it answers a GET."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "data").mkdir(exist_ok=True)
        config = self.folder / "s3.json"
        config.write_text(json.dumps({"identities": [_identity(name) for name in (OWNER, *ROLES)]}))
        master, volume, filer, s3 = _free_ports(4)
        said = [
            "server", f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-master.volumeSizeLimitMB=64", "-volume.max=100", f"-master.port={master}", f"-volume.port={volume}",
            "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}", "-s3.port.iceberg=0", "-s3.port.lance=0",
            f"-s3.config={config}",
        ]  # fmt: skip
        self.endpoint = f"http://127.0.0.1:{s3}"
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen([WEED, *said], stdout=log, stderr=log, cwd=self.folder)
        self._wait()
        return self

    def _wait(self) -> None:
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            try:
                with urlopen(self.endpoint, timeout=2):  # noqa: S310 - http, loopback
                    break
            except HTTPError:
                break  # it refuses whoever has no key: it is up
            except (URLError, OSError):
                time.sleep(0.1)
        owner = self.client(OWNER)
        while time.monotonic() < end:
            try:
                owner.list_buckets()
                owner.create_bucket(Bucket="ready")
                owner.put_object(Bucket="ready", Key="ready", Body=b"ready")
                return
            except Exception:
                time.sleep(0.2)
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def client(self, name: str = OWNER, endpoint: str = "") -> Any:
        """A client of boto3's, for what the product never does."""
        return boto3.client(
            "s3", endpoint_url=endpoint or self.endpoint, region_name=REGION, aws_access_key_id=name,
            aws_secret_access_key=secret(name), config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip

    def new_bucket(self, *, lock: bool = True) -> str:
        """A new bucket, with Object Lock and the policy of docs/operations.md; or without either."""
        self._buckets += 1
        name = f"vault-{self.folder.name[-8:].strip('-_.').lower()}-{self._buckets}"
        self.client().create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock)
        if lock:
            self.client().put_bucket_policy(Bucket=name, Policy=json.dumps(bucket_policy(name)))
        return name

    def environment(self, name: str = OWNER) -> dict[str, str]:
        """What boto3 finds in the environment of the program."""
        return {
            "AWS_ACCESS_KEY_ID": name,
            "AWS_SECRET_ACCESS_KEY": secret(name),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def _identity(name: str) -> dict[str, object]:
    actions = ["Admin", "Read", "Write", "List", "Tagging"] if name == OWNER else []
    keys = [{"accessKey": name, "secretKey": secret(name)}]
    return {"name": name, "credentials": keys, "actions": actions}


def bucket_policy(bucket: str) -> dict[str, object]:
    """The three policies of docs/operations.md, as one policy of the bucket, whose principals SeaweedFS knows."""
    from tests.backup.policies import told

    statements = []
    for role in ROLES:
        for statement in told(role, bucket)["Statement"]:
            principal = {"AWS": f"arn:aws:iam::000000000000:user/{role}"}
            statements.append({**statement, "Principal": principal})
    return {"Version": "2012-10-17", "Statement": statements}


def bucket_of(
    weed: Weed, place: Address, role: str = OWNER, endpoint: str = "", patience: Patience = _HASTY
) -> Patient:
    """The product's own view of a bucket, as `role`, through another endpoint than the server's own if one is named."""
    key = (role, endpoint, place.bucket)
    if key not in weed.reached:
        with patch.dict(os.environ, weed.environment(role)):  # boto3 takes the keys when a client is made
            weed.reached[key] = S3Bucket(place, Access(endpoint=endpoint or weed.endpoint), patience)
    return Patient(weed.reached[key].below(place.prefix), seconds=60)
