"""`dvault keys member`: who belongs to a vault, in which roles."""

from typing import Any

import click

from cli import asking, options, output
from cli.output import Column
from cli.rotating import carried_out
from cli.wiring import opened
from vault import membership, rotating
from vault.evidence.strict import utc_text
from vault.membership import Member

_COLUMNS = (Column("member"), Column("roles", None), Column("joined"), Column("gone since"), Column("key"))


@click.group("member")
def command() -> None:
    """Who belongs to this vault: each opens what his roles open, and signs what they may sign."""


@command.command("add")
@click.argument("public", metavar="PUBLIC")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    metavar="ROLE",
    help="recorder, reader, auditor, checkpointer or custodian; repeatable, or joined by commas.",
)
@options.yes_option
@options.json_option
@options.vault_option
def add(public: str, roles: tuple[str, ...], yes: bool, as_json: bool, vault: str | None) -> None:
    """Admit the owner of the public string PUBLIC. Prints the new member's name.

    PUBLIC is what `dvault keys identity new` printed on the newcomer's own machine. Compare its fingerprint with him
    over the phone: whoever made the string opens what the roles open.
    """
    wanted, who = membership.roles_of(roles), membership.public_of(public)
    output.say(f"fingerprint {who.fingerprint}")
    with opened(vault) as archive:
        if not yes and asking.is_possible():
            asking.go_on("Is this the fingerprint that the newcomer reads out?")
        name = membership.admit(archive, who, wanted)
    with output.acknowledging(f"{name} is admitted"):
        if as_json:
            output.as_json({"member": name, "roles": sorted(wanted), "fingerprint": who.fingerprint})
        else:
            output.data(name)
    output.say("hint: hand over a copy of the vault's folder or its address, and the fingerprint of the vault")


@command.command("list")
@options.json_option
@options.vault_option
def list_(as_json: bool, vault: str | None) -> None:
    """List the members there are and were."""
    with opened(vault) as archive:
        found = membership.members(archive)
    if as_json:
        for one in found:
            output.as_json(_as_dict(one))
        return
    output.table(_COLUMNS, map(_row, found))


def _row(one: Member) -> tuple[object, ...]:
    gone = f"entry {one.until}" if one.until is not None else ""
    return one.name, ", ".join(one.roles), output.local(one.joined), gone, one.line.key.id.hex()


@command.command("show")
@click.argument("name", metavar="MEMBER")
@options.json_option
@options.vault_option
def show(name: str, as_json: bool, vault: str | None) -> None:
    """Show one member: roles, keys, and which vault keys are sealed to him."""
    with opened(vault) as archive:
        found = membership.member(archive, name)
    if as_json:
        output.as_json(_as_dict(found))
        return
    held = ", ".join(f"{purpose} (generation {newest})" for purpose, newest in found.held)
    gone = [("gone since", f"entry {found.until}")] if found.until is not None else []
    output.pairs(
        [
            ("member", found.name),
            ("roles", ", ".join(found.roles)),
            ("joined", f"{output.local(found.joined)}, entry {found.since}"),
            *gone,
            ("signs as", str(found.line.key)),
            ("recipient", output.shortened(found.line.recipient)),
            ("holds", held or "nothing"),
        ]
    )


@command.command("remove")
@click.argument("name", metavar="MEMBER")
@options.yes_option
@options.json_option
@options.vault_option
def remove(name: str, yes: bool, as_json: bool, vault: str | None) -> None:
    """Take a member out, and renew every key that he held. What he signed before stays as good as it was.

    Where it is cut short behind the entry, `dvault keys rotate --resume` goes on. If his keys may be in other hands,
    `dvault keys revoke`.
    """
    with opened(vault) as archive:
        if not yes and asking.is_possible():
            asking.go_on(f"Take {name} out, and renew every key that {name} holds?")
        carried_out(archive, rotating.remove(archive, name), as_json)


def _as_dict(one: Member) -> dict[str, Any]:
    return {
        "member": one.name,
        "roles": list(one.roles),
        "since": one.since,
        "joined": utc_text(one.joined),
        "until": one.until,
        "vkey": str(one.line.key),
        "recipient": one.line.recipient,
        "holds": dict(one.held),
    }
