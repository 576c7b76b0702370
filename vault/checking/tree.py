"""Checking the stored tree: every subtree hash is that of the two below it."""

from collections.abc import Iterator

from vault.evidence.chain import Chain
from vault.evidence.merkle import node_hash
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.ledger.sqlcipher import SqlcipherLedger


def check_tree(ledger: SqlcipherLedger, chain: Chain) -> Iterator[Fault]:
    """Compare every stored hash above the leaves; those of the leaves were compared on the walk. Constant memory.

    The root over them is then that of the chain. The peaks alone would not do: proofs of old sizes, and what a pin is
    compared with, are made of the others.
    """
    expected = sum(chain.size >> level for level in range(chain.size.bit_length()))
    if (found := ledger.count_nodes()) != expected:
        yield broken(Verdict.INTEGRITY, "tree", f"{expected} subtree hashes", found)
    for level in range(1, chain.size.bit_length()):
        below, here = ledger.level(level - 1), ledger.level(level)
        for number in range(chain.size >> level):
            left, right = next(below, b""), next(below, b"")
            if next(here, b"") != node_hash(left, right):
                where = f"tree, level {level}, number {number}"
                yield broken(Verdict.INTEGRITY, where, "the hash of the two below it", "another")
