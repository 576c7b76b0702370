"""The bucket that a command is about: the only place of the command line that loads boto3."""

from cli.reaching import Reached
from vault.backup.patient import Patient
from vault.backup.s3 import Access, Address, S3Bucket
from vault.backup.source import BucketSource
from vault.backup.target import Target


def store(target: Target) -> Patient:
    """The bucket of a target, repeating what was unavailable."""
    access = Access(target.endpoint, target.region, target.profile, target.path_style, target.kms)
    return Patient(S3Bucket(Address.parse(target.url), access))


def at(url: str, reached: Reached, kms: str = "") -> S3Bucket:
    """The bucket at an address."""
    return S3Bucket(Address.parse(url), Access(*reached, kms))


def source(url: str, reached: Reached) -> BucketSource:
    """A bucket as a ledger in tile form."""
    bucket = at(url, reached)
    return BucketSource(Patient(bucket), bucket.name)
