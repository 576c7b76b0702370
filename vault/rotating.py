"""New generations of vault keys, by one key entry: asked for, or because somebody leaves who held them.

What follows the entry, and is taken up again where it was cut short, is in `renewing`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from keys.keyring import Keyring
from keys.purposes import INDEX, KNOWN, LOG
from keys.roles import CUSTODIAN
from keys.signing import LogSigner
from keys.vault_keys import Holder, Renewed, renew
from vault import keyring_file
from vault.archive import Archive
from vault.errors import Misuse, NotFound, Refused, Unpinned
from vault.membership import refuse_others, seal

ALL = "all"
_GOES_ON = "what was cut short behind the entry, dvault keys rotate --resume goes on with"


class Rotated(NamedTuple):
    """The key entry of a rotation, and the generation of each key that is in force from there on."""

    entry: int
    generations: tuple[tuple[str, int], ...]


def rotate(archive: Archive, said: Iterable[str]) -> Rotated:
    """New generations of these keys, or of `all`, sealed to every member whose roles hold them. One key entry, durable.

    Whoever holds an older generation keeps it: what was there before opens as it did. `Refused` where this member is no
    custodian, `NotFound` for a key that the vault does not have.
    """
    refuse_others(archive, "rotates keys")
    ring = keyring_file.current(archive)
    return _change(archive, ring, _purposes(ring, said))


def remove(archive: Archive, name: str) -> Rotated:
    """End a membership: new generations of every key that he held, sealed to those who stay. One key entry, durable."""
    refuse_others(archive, "removes members")
    _refuse_absent(archive, name)
    _refuse_last(archive, name)
    return _leave(archive, name, f"remove {name}")


def revoke(archive: Archive, name: str, first: int) -> Rotated:
    """Call the signatures of a member from entry `first` on worth nothing, and end the membership as `remove` does.

    Also of one who was removed already. What he signed from there up to this entry is origin NOT PROVEN from now on.
    """
    refuse_others(archive, "revokes members")
    if name not in {f"m{number}" for number in range(1, archive.history.joined + 1)}:
        raise NotFound(f"{name} is no member of this vault", "dvault keys member list shows them")
    if not 0 <= first <= archive.ledger.size():
        raise Misuse(f"there is no entry {first} yet", f"--from-seq is at most {archive.ledger.size()}")
    _refuse_last(archive, name)
    return _leave(archive, name, f"revoke {name} {first}")


def _purposes(ring: Keyring, said: Iterable[str]) -> list[str]:
    there = list(dict.fromkeys(key.purpose for key in ring.keys))
    wanted = set(said)
    if missing := sorted(wanted - {ALL, *there}):
        raise NotFound(f"this vault has no key for {missing[0]}", f"it has {', '.join(there)}")
    return [purpose for purpose in there if ALL in wanted or purpose in wanted]


def _refuse_absent(archive: Archive, name: str) -> None:
    if name not in archive.history.members:
        raise NotFound(f"{name} is no member of this vault now", f"dvault keys member list shows them; {_GOES_ON}")


def _refuse_last(archive: Archive, name: str) -> None:
    """The keyring has to be signed by somebody who is a custodian behind the change."""
    custodians = {one.name for one in archive.history.members.values() if CUSTODIAN in one.roles}
    if custodians <= {name}:
        raise Refused(f"{name} is the last custodian", "admit another one first: dvault keys member add")
    if name == archive.secrets.member:
        raise Refused("nobody takes himself out", "another custodian does it")


def _leave(archive: Archive, name: str, line: str) -> Rotated:
    ring = keyring_file.current(archive)
    held = list(dict.fromkeys(sealed.purpose for sealed in ring.sealed_to(name)))
    return _change(archive, ring.without_member(name), held, [line])


def _change(archive: Archive, ring: Keyring, purposes: Sequence[str], leaving: Sequence[str] = ()) -> Rotated:
    if unknown := sorted(set(purposes) - KNOWN.keys()):
        raise Refused(f"this program knows no key for {unknown[0]}", "install a newer dvault; nothing was changed")
    made = Renewed(ring, archive.secrets.held)
    gone = {line.split(" ")[1] for line in leaving}
    members = [one for one in archive.history.members.values() if one.name not in gone]
    holders = [Holder(one.name, one.roles, one.recipient) for one in members]
    for purpose in purposes:
        made = renew(made, purpose, holders, seal, hybrid=archive.secrets.hybrid)
    lines = [*_declared(made, purposes), *leaving]
    try:
        entry = keyring_file.change(archive, made.keyring, lines, made.keys)
    except Unpinned as exc:
        raise Unpinned(str(exc), f"{exc.hint}; {_GOES_ON}") from exc
    return Rotated(entry, tuple((purpose, made.keyring.newest(purpose).generation) for purpose in purposes))


def _declared(made: Renewed, purposes: Sequence[str]) -> list[str]:
    """What strangers need of the new generations, in the order of a key entry's lines."""
    ring, lines = made.keyring, []
    if LOG in purposes:
        keys = LogSigner.from_secret(ring.origin, made.keys[ring.newest(LOG).place]).keys
        lines += [f"log {keys.ed25519}", f"log {keys.ml_dsa}"]
    if INDEX in purposes:
        newest = ring.newest(INDEX)
        lines.append(f"vrf {newest.generation} {newest.value}")
    return lines
