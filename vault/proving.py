"""Making proofs that stand by themselves: a receipt of one transmittal, the consistency of two checkpoints."""

from collections.abc import Iterable, Sequence

from vault.archive import Archive
from vault.covering import covering
from vault.errors import Misuse, Refused
from vault.evidence import consistency, merkle
from vault.evidence import record as records
from vault.evidence.checkpoint import open_checkpoint
from vault.evidence.consistency import Consistency
from vault.evidence.note import parse as parse_note
from vault.evidence.proof import Proof
from vault.evidence.receipt import Filed, Receipt
from vault.evidence.record import Line, Record
from vault.evidence.strict import Malformed
from vault.evidence.vouched import Placed
from vault.evidence.vrf import term_input
from vault.ledger.keys import declared


def receipt(archive: Archive, number: int, reveal: Sequence[str] = (), withhold: Sequence[str] = ()) -> Receipt:
    """The receipt of transmittal `number`, its record as it was first written: O(log n + key entries).

    Shows all lines, or those of `reveal`, but never those of `withhold`: names, or beginnings of names up to a dot. The
    shown terms have their VRF proofs where this member holds the index key.
    """
    seq = archive.catalog.transmittal(number).seq
    checkpoint, note = covering(archive)
    if seq >= checkpoint.size:
        hint = "a checkpointer or custodian signs one: dvault checkpoint"
        raise Refused(f"entry {seq} is under no checkpoint yet", hint)
    signed = archive.entry(seq)
    shown = _shown(archive.read(seq), reveal, withhold)
    node = archive.ledger.node
    path = tuple(merkle.inclusion_proof(seq, checkpoint.size, node))
    proof = Proof(seq, path, parse_note(note))
    return Receipt(_keys(archive, checkpoint.size), signed.leaf, shown, _filed(archive, shown, seq), proof)


def _shown(record: Record, reveal: Sequence[str], withhold: Sequence[str]) -> Record:
    names = [line.name for line in record.lines]
    kept = _matching(names, reveal) if reveal else set(names)
    return records.withhold(record, set(names) - (kept - _matching(names, withhold)))


def _matching(names: Iterable[str], said: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for one in said:
        some = {name for name in names if name == one or name.startswith(f"{one}.")}
        if not some:
            raise Misuse(f"the record has no line {one}", "dvault show T-000001 --json names its lines")
        found |= some
    return found


def _filed(archive: Archive, shown: Record, seq: int) -> tuple[Filed, ...]:
    generation = declared(archive.ledger, archive.config.origin, seq).history.generation
    index = archive.secrets.index.get(generation)
    if index is None:
        return ()
    lines = [shown.lines[place] for place in shown.shape.terms]
    terms = [(line.name, str(line.value)) for line in lines if isinstance(line, Line)]
    return tuple(Filed(name, generation, index.prove(term_input(term))) for name, term in terms)


def _keys(archive: Archive, size: int) -> tuple[Placed, ...]:
    node = archive.ledger.node
    return tuple(
        Placed(leaf, seq, tuple(merkle.inclusion_proof(seq, size, node)))
        for seq, leaf in archive.ledger.key_leaves(size)
    )


def consistent(archive: Archive, old: bytes, where: str) -> Consistency:
    """The proof that the ledger of the checkpoint note `old` is the beginning of this one: O(log n + key entries).

    `Refused` names what is wrong with an old checkpoint of which that is not so.
    """
    try:
        claimed = consistency.unverified(old, where)
        opened = open_checkpoint(old, archive.history.log_at(claimed.size), where)
    except Malformed as exc:
        hint = "keep it: it may show another history"
        raise Refused(f"{where} is no checkpoint of this ledger: {exc}", hint) from exc
    new, note = covering(archive)
    if opened.size > new.size:
        hint = "keep it: this vault was cut or rolled back, or a checkpointer has to sign first"
        raise Refused(f"{where} is over {opened.size} entries, the newest checkpoint here over {new.size}", hint)
    if opened.size == 0 or archive.ledger.root(opened.size) != opened.root:
        hint = "keep it: it proves that two histories were signed"
        raise Refused(f"{where} is of another history: its root is {opened.root.hex()}", hint)
    hashes = tuple(merkle.consistency_proof(opened.size, new.size, archive.ledger.node))
    return Consistency(_keys(archive, new.size), old, note, hashes)
