"""Going on where an earlier look ended: the key entries and the last one are read again, each proven to be in the tree.

O(key entries · log n) reads; what lies between is not read.
"""

from vault.evidence import entry as entries
from vault.evidence import merkle
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KeyHistory
from vault.evidence.strict import refuse
from vault.verify.chunks import Tiles
from vault.verify.following import State


def resumed(ledger: Tiles, state: State) -> Chain:
    """The chain as it stood at an earlier look; `Malformed`, `NotFound` or `Damaged` where this ledger began otherwise.

    The state is trusted: it says which entries declare keys. All else is proven against the root it saw.
    """
    seen = state.unverified
    peaks = merkle.peaks_at(seen.size, ledger.node)
    if merkle.fold_peaks(peaks) != seen.root:
        refuse("tiles", f"the root {seen.root.hex()} over {seen.size} entries", merkle.fold_peaks(peaks).hex())
    keys = KeyHistory(seen.origin)
    for seq in state.key_entries:
        keys = keys.after(_proven(ledger, seen, seq), f"entry {seq}")
    open_checkpoint(state.note, keys.log_at(seen.size), "state")
    last = _proven(ledger, seen, seen.size - 1)
    chain = Chain(seen.origin, seen.size, peaks, state.fingerprint, last.hash, state.time, state.transmittals)
    chain.keys = keys
    return chain


def _proven(ledger: Tiles, seen: Checkpoint, seq: int) -> SignedEntry:
    signed = entries.parse(ledger.leaf(seq), f"entry {seq}")
    proof = merkle.inclusion_proof(seq, seen.size, ledger.node)
    merkle.check_inclusion(signed.hash, seq, seen.size, proof, seen.root, f"entry {seq}")
    return signed
