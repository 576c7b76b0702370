"""Each role by its keys alone, past our code: what opens, what can be made, which forged entries are refused.

The table in docs/threat-model.md is what comes out.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from keys import keyring as keyrings
from keys.age import parse_identity
from keys.identity_file import OpenIdentity
from keys.purposes import CONTENT, INDEX, LOG, RECORD
from keys.roles import HELD
from keys.signing import LogSigner
from keys.subkeys import derive
from keys.vault_keys import VaultKeys
from keys.vrf import IndexKey
from tests.vault.machine import LEI, ORIGIN, Machine
from tests.vault.members import admit
from vault import database
from vault.archive import Archive
from vault.documents.table import DocumentTable
from vault.evidence import entry as entries
from vault.evidence import record as records
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.entry import Entry
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import Verdict
from vault.evidence.vrf import term_input
from vault.folder import read_config
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.sealing import box, header
from vault.unlocked import unlock

MODEL = Path(__file__).parents[2] / "docs" / "threat-model.md"
ROLES = ("recorder", "reader", "auditor", "checkpointer", "custodian")
KINDS = {
    "disclosure, correction, …": "disclosure",
    "index, anchor, backup": "index",
    "key, policy, hold, erasure": "policy",
}


class Held:
    """The keys of one member, opened from the keyring file, and the vault's files."""

    def __init__(self, machine: Machine, who: OpenIdentity) -> None:
        self.place, self.who = machine.place, who
        ring = keyrings.parse(machine.place.keyring.read_bytes())
        self.member, keys = unlock(ring, who.identity)
        self.keys: VaultKeys = keys
        (record,) = keys.generations(RECORD).values()
        self.record = record
        key = derive(record, "sqlcipher")
        self.database = database.open_existing(self.place.database, key, read_config(machine.place).check)
        self.ledger = SqlcipherLedger(self.database)

    def opens_a_record(self) -> bool:
        sealed = self.ledger.record(3)
        assert sealed
        plain = box.open_sealed(sealed.sealed, sealed.wrap, derive(self.record, "wrap"), "record")
        return records.parse(plain, "record").values()["purpose"] == "licence"

    def opens_a_document(self) -> bool:
        identities = [parse_identity(secret.decode()) for secret in self.keys.generations(CONTENT).values()]
        document = next(DocumentTable(self.database).all())
        return bool(identities) and bool(header.unwrap(document.header or b"", identities))

    def makes_a_tag(self) -> bool:
        tags = {IndexKey(secret).tag(term_input(LEI)) for secret in self.keys.generations(INDEX).values()}
        (leaf,) = self.ledger.leaves(3, 4)
        return bool(tags & set(entries.parse(leaf, "entry 3").entry.tags))

    def signs_a_checkpoint(self, archive: Archive) -> bool:
        """One of a history that never was: which of them count, pins and witnesses tell."""
        for secret in self.keys.generations(LOG).values():
            note = LogSigner.from_secret(ORIGIN, secret).sign(Checkpoint(ORIGIN, 9, bytes(32)), 1_800_000_000)
            return open_checkpoint(note, archive.history.log, "forged").size == 9
        return False

    def signs(self, kind: str) -> bool:
        """Whether an entry of this kind, put into the ledger behind our back, is one of a member with the role."""
        chain = Chain(ORIGIN)
        for leaf in self.ledger.leaves():
            chain.read(leaf)
        assert chain.last_time
        shown = {"index": (f"index {chain.size} {base64_text(bytes(32))}",), "policy": ("rule retain 10y",)}
        content = {"public_lines": shown[kind]} if kind in shown else {"record": bytes(32), "tags": ()}
        forged = Entry(ORIGIN, chain.size, kind, chain.last_time, chain.last_hash, **content)
        signature = self.who.identity.signer(f"{ORIGIN}/{self.member}").sign(forged.text)
        faults = chain.read(entries.sign(forged, signature).leaf)[1]
        assert {fault.verdict for fault in faults} <= {Verdict.ORIGIN}
        return not faults


def row(held: Held, role: str, archive: Archive) -> str:
    does: list[Callable[[], bool]] = [
        held.opens_a_record,
        held.opens_a_document,
        held.makes_a_tag,
        lambda: held.signs_a_checkpoint(archive),
        *(lambda kind=kind: held.signs(kind) for kind in KINDS.values()),
    ]
    return f"| {role} | " + " | ".join("yes" if one() else "no" for one in does) + " |"


@pytest.mark.parametrize("role", ROLES)
def test_the_table_of_the_threat_model_is_what_the_keys_do(
    machine: Machine, archive: Archive, stranger: OpenIdentity, role: str
) -> None:
    admit(archive, stranger, role)
    held = Held(machine, stranger)
    assert row(held, role, archive) in MODEL.read_text().split("\n")
    held.database.close()


def test_a_stranger_with_all_files_has_no_keys(machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
    with pytest.raises(Exception, match="opens no keys"):
        Held(machine, stranger)


def test_the_table_has_each_role() -> None:
    assert {*HELD, "custodian"} == set(ROLES)
    heading = "| keys of a | a record | a document | a tag | a checkpoint | " + " | ".join(KINDS) + " |"
    assert heading in MODEL.read_text().split("\n")
