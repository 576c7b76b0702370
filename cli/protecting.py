"""What locks an identity: which protector opens it here, and `dvault keys protect`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from cli import asking, options, output, settings
from cli.settings import Settings
from keys import identity_file
from keys.errors import CannotUnlock
from keys.locks import Frame
from keys.protectors.interface import Protector
from keys.protectors.passphrase import Passphrase
from vault.errors import Misuse, Refused

Ask = Callable[[str], str]

PASSPHRASE, PKCS11, KMS = KINDS = ("passphrase", "pkcs11", "aws-kms")


def of_frame(frame: Frame) -> Protector:
    """The one protector by which this machine opens the file.

    As config.toml says (`unlock_with`), else a passphrase if one locks it, else what comes first. One alone: [a
    passphrase that is tried as a PIN costs one of a token's few tries].
    """
    kinds = [lock.protector for lock in frame.locks]
    wanted = Settings.of_user().unlock_with or (PASSPHRASE if PASSPHRASE in kinds else kinds[0])
    if wanted not in kinds:
        raise CannotUnlock(f"{frame.path} is not locked by {wanted}", f"it is by {', '.join(kinds)}: see unlock_with")
    return of_kind(wanted, frame)


def of_kind(kind: str, frame: Frame, *, name: str = "", pin: Ask | None = None) -> Protector:
    """A protector of that kind for this file; `name` is the token's label or the key's ARN, for a new lock."""
    context = frame.unverified_public.encode()
    if kind == PASSPHRASE:
        return Passphrase(lambda: settings.passphrase(f"Passphrase of {output.inert(frame.path)}"))
    if kind == PKCS11:
        return _token(context, name, pin or (lambda prompt: settings.passphrase(output.inert(prompt))))
    if kind == KMS:
        return _kms(context, name)
    raise CannotUnlock(f"{frame.path} is locked by {kind}, which this program does not know", "use a newer one")


def _token(context: bytes, label: str, pin: Ask) -> Protector:
    module = Settings.of_user().pkcs11_module
    if not module:
        hint = 'say pkcs11_module = "/usr/lib/…/driver.so" in config.toml'
        raise CannotUnlock("no driver of a PKCS#11 token is named", hint)
    try:
        from keys.protectors.pkcs11_token import Pkcs11
    except ImportError as exc:
        raise CannotUnlock("python-pkcs11 is not installed", "pip install disclosure-vault[pkcs11]") from exc
    return Pkcs11(module, pin, context, label)


def _kms(context: bytes, arn: str) -> Protector:
    from keys.protectors.aws_kms import AwsKms

    return AwsKms(_client, context, arn)


def _client(region: str) -> Any:
    import boto3

    return boto3.client("kms", region_name=region)


@click.group("protect")
def command() -> None:
    """What locks your identity: a passphrase, a token, a key in AWS KMS. Each of them alone opens it."""


@command.command("list")
@options.json_option
def list_(as_json: bool) -> None:
    """List what locks your identity."""
    frame = identity_file.load(Settings.of_user().identity).frame
    for lock in frame.locks:
        named = "" if lock.protector == PASSPHRASE else lock.arguments[0]
        if as_json:
            output.as_json({"protector": lock.protector, "name": named})
        else:
            output.data(output.inert(f"{lock.protector}  {named}".rstrip()))


@command.command("add")
@click.argument("kind", type=click.Choice(KINDS[1:]), metavar="KIND")
@click.option("--token", default="", metavar="LABEL", help="The label of the PKCS#11 token.")
@click.option("--key", default="", metavar="ARN", help="The ARN of the KMS key.")
@click.option("--pin-file", type=options.FILE, metavar="FILE", help="Read the token's PIN from FILE, not a prompt.")
@options.json_option
def add(kind: str, token: str, key: str, pin_file: Path | None, as_json: bool) -> None:
    """Let a token (`pkcs11`) or a KMS key (`aws-kms`) open your identity, too.

    The identity is opened first by what locks it now. A token makes a key of its own, which never leaves it.
    """
    from cli.wiring import open_identity

    name = token if kind == PKCS11 else key
    if not name:
        raise Misuse("--token LABEL names the token" if kind == PKCS11 else "--key ARN names the key")
    identity = open_identity(Settings.of_user().identity)
    frame = identity_file.load(identity.path).frame
    identity.with_lock(of_kind(kind, frame, name=name, pin=lambda prompt: settings.another(prompt, pin_file)))
    _said(kind, f"{kind} opens it too", as_json)


@command.command("remove")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@options.yes_option
@options.json_option
def remove(kind: str, yes: bool, as_json: bool) -> None:
    """Let a protector open your identity no longer; the others make their locks anew.

    Old copies of the file still open by it.
    """
    from cli.wiring import open_identity

    identity = open_identity(Settings.of_user().identity)
    frame = identity_file.load(identity.path).frame
    if kind not in [lock.protector for lock in frame.locks]:
        raise Misuse(f"the identity is not locked by {kind}", "dvault keys protect list shows what locks it")
    left = list(remaining(frame, kind))
    if not left:
        raise Refused(f"nothing but {kind} locks the identity", "add another protector first")
    if not yes and asking.is_possible():
        asking.go_on(f"Let {kind} open the identity no longer?")
    identity.relocked(left)
    output.say("hint: back it up anew; old copies still open by what was removed, so destroy them")
    _said(kind, f"{kind} opens it no longer", as_json)


def remaining(frame: Frame, without: str) -> Iterator[Protector]:
    """The protectors of a file but those of one kind, to make their locks anew; a token by its serial's label."""
    for lock in frame.locks:
        if lock.protector == PKCS11 != without:
            raise Refused("a token cannot make its lock anew here", "remove pkcs11 first, then add it again")
        if lock.protector != without:
            yield of_kind(lock.protector, frame, name=lock.arguments[0])


def _said(kind: str, sentence: str, as_json: bool) -> None:
    with output.acknowledging(sentence):
        if as_json:
            output.as_json({"protector": kind})
        else:
            output.data(sentence)
