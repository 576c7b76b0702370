"""Receipts: one entry, as much of its record as is shown, and what ties both to a signed checkpoint, in one file.

docs/format/receipt.md. What a recipient keeps of a disclosure, and what a stranger checks without a ledger.
"""

from dataclasses import dataclass

from vault.evidence import proof as proofs
from vault.evidence import record as records
from vault.evidence import sections, vouched
from vault.evidence.entry import MAX_ENTRY
from vault.evidence.proof import Proof
from vault.evidence.record import Line, Record
from vault.evidence.sections import Reader
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse
from vault.evidence.vouched import Placed
from vault.evidence.vrf import PROOF_SIZE

FORMAT = "disclosure-vault/receipt/v1"
MAX_FILE = records.MAX_RECORD + proofs.MAX_FILE + (32 << 20)  # bytes


@dataclass(frozen=True, slots=True)
class Filed:
    """That the shown term in line `name` has its tag under an index key: the VRF proof (80 bytes), not verified."""

    name: str
    generation: int
    proof: bytes

    def __str__(self) -> str:
        """The line, without its LF."""
        return f"{self.name} {self.generation} {base64_text(self.proof)}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was read: `keys` up to the entry, its bytes, its shown record, its proof. None is verified."""

    keys: tuple[Placed, ...]
    entry: bytes
    record: Record
    filed: tuple[Filed, ...]
    proof: Proof

    def __bytes__(self) -> bytes:
        """The one spelling of this receipt."""
        filed = [("vrf", "".join(f"{one}\n" for one in self.filed))] if self.filed else []
        return sections.render(
            FORMAT,
            [
                *vouched.render(self.keys),
                ("entry", self.entry.decode()),
                ("record", records.render_shown(self.record).decode()),
                *filed,
                ("proof", bytes(self.proof).decode()),
            ],
        )


def parse(data: bytes, where: str = "receipt") -> Receipt:
    """Read a receipt. Raises `Malformed` for any other spelling of it."""
    reader = Reader(sections.parse(data, FORMAT, where, limit=MAX_FILE), where)
    keys = vouched.take(reader, where)
    entry = reader.take("entry").encode()
    if len(entry) > MAX_ENTRY:
        refuse(where, f"an entry of at most {MAX_ENTRY} bytes", f"{len(entry)} bytes")
    record = records.parse_shown(reader.take("record").encode(), f"{where}, record")
    filed = tuple(_parse_filed(line, where) for line in _lines(reader, where))
    receipt = Receipt(keys, entry, record, filed, proofs.parse(reader.take("proof").encode(), f"{where}, proof"))
    reader.finish()
    _check_filed(receipt, where)
    return receipt


def _lines(reader: Reader, where: str) -> list[str]:
    if not reader.has("vrf"):
        return []
    return reader.take("vrf").split("\n")[:-1] or refuse(where, "a part `vrf` of at least one line, or none")


def _parse_filed(line: str, where: str) -> Filed:
    fields = line.split(" ")
    if len(fields) != 3:
        refuse(where, "a line <name> <generation> <proof>", line)
    name, generation, encoded = fields
    place = f"{where}, vrf"
    return Filed(name, decimal(generation, place), base64_bytes(encoded, place, size=PROOF_SIZE))


def _check_filed(receipt: Receipt, where: str) -> None:
    """Each for a shown term, in the order of the record."""
    shape = receipt.record.shape
    shown = [line.name for line in map(receipt.record.lines.__getitem__, shape.terms) if isinstance(line, Line)]
    names = [one.name for one in receipt.filed]
    if names != [name for name in shown if name in set(names)]:
        refuse(where, "VRF proofs of shown terms, each once, in the order of the record", " ".join(names[:4]))
