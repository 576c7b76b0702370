"""Ledgers in tile form, made from test ledgers: honest ones, and what somebody who owns everything makes of them."""

from collections.abc import Sequence
from pathlib import Path

from tests.evidence.ledgers import Ledger
from tests.evidence.trees import nodes_over
from vault.evidence import entry, merkle, note, tiles
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.tiles import ENTRIES, Growth, Tile
from vault.evidence.verdicts import State, Verdict
from vault.verify.auditing import Audit, audit
from vault.verify.outside import Outside
from vault.verify.sources import FolderSource
from vault.verify.walking import Effort

ALONE = Effort(chunk=1, processes=1)


def filled(disclosures: int = 4) -> Ledger:
    """Genesis, m2 joins, m2 discloses."""
    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    for number in range(disclosures):
        ledger.disclose(f"purpose {number}", by="m2")
    return ledger


def files_of(leaves: Sequence[bytes], checkpoint: bytes, keys: bytes = b"") -> dict[str, bytes]:
    """The files of a ledger of these entries, tiles as they follow from them."""
    made = {"checkpoint": checkpoint} | ({"log.vkey": keys} if keys else {})
    growth = Growth(0, nodes_over([]))
    for number in range(0, len(leaves), 256):
        bundle = leaves[number : number + 256]
        made[Tile(ENTRIES, number // 256, len(bundle)).path] = tiles.render_bundle(bundle)
    filled_ = [pair for leaf in leaves for pair in growth.add(merkle.leaf_hash(leaf))]
    return made | {tile.path: data for tile, data in [*filled_, *growth.partial()]}


def honest(ledger: Ledger) -> dict[str, bytes]:
    """What its owner gives out."""
    return files_of(ledger.leaves, ledger.checkpoint(), keys_of(ledger))


def keys_of(ledger: Ledger) -> bytes:
    """The file of log keys."""
    return f"{ledger.log.keys.ed25519}\n{ledger.log.keys.ml_dsa}\n".encode()


def signed_over(ledger: Ledger, leaves: Sequence[bytes]) -> dict[str, bytes]:
    """What somebody with the log keys gives out over any entries."""
    checkpoint = ledger.log.sign(Checkpoint(ledger.origin, len(leaves), merkle.root(leaves)))
    return files_of(leaves, checkpoint, keys_of(ledger))


def relinked(ledger: Ledger, leaves: Sequence[bytes], *, by: str = "") -> list[bytes]:
    """Entries with numbers and links as they should be; signed anew by each one's signer, or all changed ones `by`."""
    result: list[bytes] = []
    for seq, leaf in enumerate(leaves):
        signed = entry.parse(leaf)
        previous = merkle.leaf_hash(result[-1]) if result else merkle.EMPTY_ROOT
        placed = signed.entry._replace(seq=seq, previous=previous)
        name = by or signed.unverified_signature.name.rpartition("/")[2]
        result.append(leaf if placed == signed.entry else ledger.sign(placed, name))
    return result


def unsigned(leaves: Sequence[bytes]) -> list[bytes]:
    """Entries with numbers and links as they should be, under the signatures that they had."""
    result: list[bytes] = []
    for seq, leaf in enumerate(leaves):
        signed = entry.parse(leaf)
        previous = merkle.leaf_hash(result[-1]) if result else merkle.EMPTY_ROOT
        text = signed.entry._replace(seq=seq, previous=previous).text
        result.append(note.render(text, [signed.unverified_signature]))
    return result


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Put the files into a folder, on top of what is there."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def judge(folder: Path, outside: Outside = Outside(), effort: Effort = ALONE) -> Audit:  # noqa: B008 - frozen
    """The audit of a folder."""
    return audit(FolderSource(folder), outside, effort)


def states(found: Audit) -> dict[str, str]:
    """Each verdict's first letters: `P`, `N`, `B`."""
    letters = {State.PROVEN: "P", State.NOT_PROVEN: "N", State.BROKEN: "B"}
    return {str(verdict): letters[found.report.state(verdict)] for verdict in Verdict}


def short(found: Audit) -> str:
    """Integrity, order, origin in three letters; time and completeness are never proven here."""
    said = states(found)
    assert (said["time"], said["completeness"]) == ("N", "N")
    return said["integrity"] + said["order"] + said["origin"]


def findings(found: Audit) -> list[str]:
    """Every fault."""
    return [str(fault) for verdict in Verdict for fault in found.report.faults[verdict]]
