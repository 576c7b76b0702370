"""Entries that are shown, compared with the lists that an index holds: all of a list, or none of it, for each tag."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vault.evidence import index_proof
from vault.evidence.entry import SignedEntry
from vault.evidence.index_proof import IndexProof
from vault.evidence.strict import base64_text, refuse

KEY_KINDS = ("genesis", "key")


@dataclass(slots=True)
class Lists:
    """What is shown, to be looked up by tag; `used` are the numbers that some list holds."""

    by_tag: dict[bytes, list[SignedEntry]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, listed: Iterable[SignedEntry], wanted: Collection[bytes] | None = None) -> "Lists":
        """The lists of all tags that the entries carry, or of the `wanted` ones alone."""
        made = cls()
        for signed in listed:
            for tag in signed.entry.tags:
                if wanted is None or tag in wanted:
                    made.by_tag.setdefault(tag, []).append(signed)
        return made

    def all_under(self, proof: IndexProof, root: bytes, where: str) -> list[SignedEntry]:
        """The entries under the tag, as many as the index holds; else `Malformed`."""
        shown = self.by_tag.get(proof.tag, [])
        leaf = index_proof.verify(proof, root, where)
        if leaf:
            index_proof.check_complete(leaf, shown, where)
        elif shown:
            refuse(where, f"no entry under tag {base64_text(proof.tag)}", f"entry {shown[0].entry.seq}")
        self.used |= {signed.entry.seq for signed in shown}
        return shown


def count_kinds(
    proofs: Mapping[str, IndexProof], keys: Sequence[SignedEntry], root: bytes, where: str = "kinds"
) -> dict[str, int]:
    """How many entries of each kind the index with this `root` counts, `keys` being all the key entries there are.

    Else `Malformed`. [A removal left out, and who left has signed; a rotation left out, and with it all that was filed
    under the newer index key.] That each proof is of the tag of its kind is for the caller to see to.
    """
    found = {kind: index_proof.verify(proof, root, f"{where}, {kind}") for kind, proof in proofs.items()}
    for kind in KEY_KINDS:
        shown, leaf = [signed for signed in keys if signed.entry.kind == kind], found[kind]
        if leaf:
            index_proof.check_complete(leaf, shown, f"{where}, {kind}")
        elif shown or kind == "genesis":
            refuse(f"{where}, {kind}", f"the {len(shown)} entries of that kind in the index", "none")
    return {kind: leaf.count if leaf else 0 for kind, leaf in found.items()}
