"""What `anchor` entries of a ledger name of the folder `anchors`, and what lies there that none of them names."""

from collections.abc import Iterator

from vault.anchoring.keeping import Anchors
from vault.evidence import anchor
from vault.evidence import entry as entries
from vault.evidence.anchor import Named
from vault.ledger.sqlcipher import SqlcipherLedger


def named(ledger: SqlcipherLedger) -> Iterator[Named]:
    """What the anchor entries with a token name, in their order."""
    for seq, leaf in ledger.kind_leaves("anchor"):
        one = anchor.named(entries.parse(leaf, f"entry {seq}").entry)
        if one and one.tokens:
            yield one


def orphans(ledger: SqlcipherLedger, there: Anchors) -> dict[int, list[str]]:
    """By size: the tokens in `anchors/` that no anchor entry names; a folder without a token has an empty list."""
    known = {(one.size, digest) for one in named(ledger) for digest in one.tokens}
    found = {}
    for size in there.sizes():
        listed = there.tokens(size)
        unnamed = [digest for digest in listed if (size, digest) not in known]
        if unnamed or not listed:
            found[size] = unnamed
    return found
