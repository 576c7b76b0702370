"""`dvault policy`: what a verifier has to know from outside."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from cli import options, output, writing
from cli.wiring import opened
from keys import durable
from vault import policing
from vault.errors import NotFound
from vault.evidence.note import Key
from vault.evidence.strict import Malformed


class Vkey(click.ParamType[Key]):
    """The public key of a log or cosigner, as a vkey."""

    name = "vkey"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Key:
        """The key; what is none is a usage error."""
        try:
            return value if isinstance(value, Key) else Key.parse(str(value))
        except Malformed as exc:
            self.fail(str(exc), param, ctx)


VKEY = Vkey()


@click.group("policy")
def command() -> None:
    """The verifier's policy: fingerprint, witnesses, auditors, time-stamping authorities."""


@command.command("export")
@click.option("-o", "--output", "target", type=options.FILE, help="The file to write; else standard output.")
@click.option("--witness", "witnesses", type=VKEY, multiple=True, metavar="VKEY", help="A witness not in vault.toml.")
@click.option("--auditor", "auditors", type=VKEY, multiple=True, metavar="VKEY", help="Who recomputes the index.")
@click.option("--tsa", type=options.FILE, multiple=True, metavar="PEM", help="Root certificates of a TSA.")
@click.option("--quorum", default="all", metavar="N", help="How many of the witnesses: all, any, or a number.")
@options.json_option
@options.vault_option
def export(target: Path | None, as_json: bool, vault: str | None, **named: Any) -> None:
    """Write the policy of this vault: fingerprint, log keys, the witnesses of vault.toml and those named here.

    It is worth what the way is worth by which it reaches the verifier: hand it over, or compare its SHA-256 by voice,
    by another way than the vault and its evidence.
    """
    roots = tuple(root for path in named["tsa"] for root in policing.roots_of(_read(path), str(path)))
    believed = policing.Believed(named["witnesses"], named["auditors"], roots, named["quorum"])
    with opened(vault) as archive:
        made = policing.export(archive, believed)
        fingerprint = archive.fingerprint
    if target is not None:
        writing.new_file(target, made)
    digest = sha256(made).hexdigest()
    if as_json:
        file = {"file": str(target)} if target is not None else {"policy": made.decode()}
        output.as_json({"fingerprint": fingerprint, "sha256": digest, **file})
    elif target is None:
        click.echo(made.decode(), nl=False)
    output.say(f"sha256 {digest}; compare it with the verifier by another way")


def _read(path: Path) -> bytes:
    try:
        return durable.read(path, policing.MAX_PEM + 1)
    except FileNotFoundError as exc:
        raise NotFound(f"{path} is not there", "name a file with root certificates in PEM") from exc
