"""Members: admitted with the keys of their roles, listed, shown. Whose signature counts, the ledger says.

A custodian admits whoever handed him a public string; the newcomer made his identity alone, and nobody else ever had
its secrets.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from keys import age, vault_keys
from keys.identity import PublicIdentity
from keys.keyring import SealedKey
from keys.roles import CUSTODIAN
from keys.vault_keys import Holder
from vault import keyring_file
from vault.archive import Archive
from vault.errors import Misuse, NotFound, Refused
from vault.evidence import entry as entries
from vault.evidence import public
from vault.evidence.note import ED25519, Key
from vault.evidence.public import ROLES, MemberLine
from vault.evidence.strict import Malformed
from vault.sealing import blob
from vault.unlocked import read_keyring


class Member(NamedTuple):
    """A member as the ledger declares him: since which entry and when, until which entry if he is gone.

    `held` are the vault keys sealed to him, by purpose, with the newest generation of each.
    """

    line: MemberLine
    since: int
    joined: datetime
    until: int | None
    held: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        """`m2`."""
        return self.line.name

    @property
    def roles(self) -> tuple[str, ...]:
        """His roles, in the order of the table."""
        return tuple(role for role in ROLES if role in self.line.roles)


def roles_of(said: Iterable[str]) -> frozenset[str]:
    """The set of roles that somebody names, `recorder` or `recorder,checkpointer`; `Misuse` for what is no role."""
    named = frozenset(role for one in said for role in one.split(",") if role)
    if unknown := sorted(named - set(ROLES)):
        raise Misuse(f"{unknown[0]} is no role", f"roles are {', '.join(ROLES)}")
    if not named:
        raise Misuse("a member has at least one role", f"roles are {', '.join(ROLES)}")
    if "auditor" in named and len(named) > 1:
        raise Misuse("an auditor signs nothing, so the role stands alone", "give an auditor no other role")
    return named


def public_of(said: str) -> PublicIdentity:
    """The public string that a newcomer handed over."""
    try:
        return PublicIdentity.parse(said.strip())
    except Malformed as exc:
        raise Misuse(f"this is no public string: {exc}", "dvault keys identity new prints it, as one word") from exc


def admit(archive: Archive, who: PublicIdentity, roles: frozenset[str]) -> str:
    """Let somebody join; returns the new member's name. One key entry, O(keys of the vault), whatever it holds.

    `Refused` where this member is no custodian, or where a key of the newcomer stands in the ledger already.
    """
    refuse_others(archive, "admits members")
    name = f"m{archive.history.joined + 1}"
    recipient = who.recipient(hybrid=archive.secrets.hybrid)
    ring = keyring_file.current(archive)
    try:
        line = MemberLine(name, roles, Key(f"{archive.config.origin}/{name}", ED25519, who.ed25519), recipient)
        _refuse_known(archive, line)
        admitted = vault_keys.admit(ring, Holder(name, roles, recipient), archive.secrets.held, seal)
    except KeyError as exc:
        raise Refused(f"this identity lacks the key {exc.args[0]}", "another custodian admits") from exc
    keyring_file.change(archive, admitted, [line.line])
    return name


def refuse_others(archive: Archive, what: str) -> None:
    """Refuse whoever is no custodian; `what` is what he does not do, `admits members`."""
    mine = archive.history.members.get(archive.secrets.member)
    if mine is None or CUSTODIAN not in mine.roles:
        raise Refused(f"only a custodian {what}", "dvault keys member list shows who is one")


def _refuse_known(archive: Archive, line: MemberLine) -> None:
    if not archive.history.used.isdisjoint((line.key.public, line.recipient.encode())):
        found = next((one.name for one in members(archive) if one.line.key.public == line.key.public), "somebody")
        hint = "who comes back makes a new identity: dvault keys identity new"
        raise Refused(f"{found} joined with a key of this public string", hint)


def seal(recipient: str, plaintext: bytes) -> bytes:
    """A small age file to a member's own recipient."""
    return blob.seal(plaintext, [age.parse_recipient(recipient)])


def members(archive: Archive) -> list[Member]:
    """All members there are and were, by number: O(key entries)."""
    ring = read_keyring(archive.folder, archive.config.origin).unverified
    found: dict[str, Member] = {}
    for seq, leaf in archive.ledger.key_leaves(archive.ledger.size()):
        entry = entries.parse(leaf, f"entry {seq}").entry
        for keyword, value in map(public.split, entry.public_lines):
            if keyword == "member":
                line = public.parse_member(value, f"entry {seq}")
                known = found.get(line.name)
                since, joined = (known.since, known.joined) if known else (seq, entry.time)
                found[line.name] = Member(line, since, joined, None, _held(ring.sealed_to(line.name)))
            elif keyword in ("remove", "revoke"):
                name = value.split(" ")[0]
                found[name] = found[name]._replace(until=seq)
    return list(found.values())


def _held(sealed: Iterable[SealedKey]) -> tuple[tuple[str, int], ...]:
    return tuple(dict(one.place for one in sealed).items())  # sorted, so the newest generation is the last


def member(archive: Archive, said: str) -> Member:
    """The member of that name; `NotFound` if there never was one."""
    for one in members(archive):
        if one.name == said:
            return one
    raise NotFound(f"{said} is no member of this vault", "dvault keys member list shows them")
