"""The keys that the stored ledger declares: genesis and key entries, each signature on the way verified."""

from vault.errors import Damaged
from vault.evidence import entry as entries
from vault.evidence.defined import frozen
from vault.evidence.members import KeyHistory
from vault.evidence.merkle import leaf_hash
from vault.ledger.sqlcipher import SqlcipherLedger


@frozen()
class DeclaredKeys:
    """The key history up to the key entry number `last`, and the fingerprint of the ledger in hex."""

    history: KeyHistory
    last: int
    fingerprint: str


def declared(ledger: SqlcipherLedger, origin: str, before: int) -> DeclaredKeys:
    """What entries 0..before-1 declare: O(key entries). `Malformed` where a signature or a line does not hold.

    They are found by the kind that the table says. [Whoever holds the record key can say another one there and hide a
    removal; the keyring's hash then names another keyring, and `verify` compares each kind with its entry.]
    """
    history, fingerprint, last = KeyHistory(origin), "", 0
    for seq, leaf in ledger.key_leaves(before):
        where = f"entry {seq}"
        history = history.after(entries.parse(leaf, where), where)
        fingerprint = fingerprint or leaf_hash(leaf).hex()
        last = seq
    if not fingerprint:
        raise Damaged("the ledger has no genesis", "restore the vault from a backup")
    return DeclaredKeys(history, last, fingerprint)
