"""Ledgers to be attacked, and what a stranger finds BROKEN in what became of them."""

from tests.evidence.ledgers import (
    ORIGIN,
    Ledger,
    examine,
)
from vault.evidence import record
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record
from vault.evidence.verdicts import State, Verdict

OTHERS = "magnets.example/others"


def broken(leaves: list[bytes], origin: str = ORIGIN, **known: bytes) -> set[tuple[str, Verdict]]:
    """Where a stranger finds what BROKEN."""
    faults = examine(leaves, origin, **known)
    return {(fault.where.partition(",")[0], fault.verdict) for fault in faults if fault.state == State.BROKEN}


def staffed() -> Ledger:
    """m1 custodian, m2 recorder, m3 auditor, m4 checkpointer; four entries."""
    ledger = Ledger.founded()
    for name, role in (("m2", "recorder"), ("m3", "auditor"), ("m4", "checkpointer")):
        ledger.admit(name, role)
    return ledger


def ledger_with(built: Record, shown: bytes) -> tuple[Record, SignedEntry]:
    ledger = Ledger.founded()
    return record.parse_shown(shown), ledger.file("disclosure", built)
