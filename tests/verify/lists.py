"""Completeness proofs out of test ledgers, with the naive index: honest ones, and parts for those that are not."""

from collections.abc import Collection, Iterable

from tests.evidence import naive_index as naive
from tests.evidence.ledgers import Ledger, index_key, tag, vrf_line
from tests.evidence.signers import Signer, witness
from tests.evidence.trees import nodes_over
from tests.vectors.generate_index import filed
from vault.evidence import entry, merkle, note, policy
from vault.evidence.completeness import KINDS, Completeness
from vault.evidence.index import Leaf, Path
from vault.evidence.index_proof import IndexProof, TermProof
from vault.evidence.members import KEY_KINDS
from vault.evidence.policy import Policy
from vault.evidence.quorum import parse as parse_quorum
from vault.evidence.strict import base64_text
from vault.evidence.vouched import Placed
from vault.evidence.vrf import term_input

GANZHOU, OTHER = "party:lei:529900T8BM49AURSDO55", "party:vat:DE811907980"
NAME, NOBODY = "party-name:CN:ganzhou magnet co., ltd.", "party:lei:5493001KJTIIGC8Y1R12"
AUDITOR = witness("auditor.example/a")
TIME = 1_795_369_500


def ledger(*, rotated: bool = True) -> Ledger:
    """Genesis, m2; disclosures 2 (GANZHOU), 3 (OTHER), 4 (both); index key 2 in entry 5, 6 and 7 under it; index 8."""
    made = Ledger.founded()
    made.admit("m2", "recorder")
    for terms in ([GANZHOU, NAME], [OTHER], [GANZHOU, OTHER]):
        made.record("disclosure", [("purpose", "licence")], terms, by="m2")
    if rotated:
        made.change_keys(vrf_line(2))
        made.generation = 2
    made.record("disclosure", [("purpose", "audit")], [GANZHOU], by="m2")
    made.record("correction", [("corrects", 6)], ["entry:6", GANZHOU], by="m2")
    return indexed(made)


def indexed(made: Ledger, *, lacking: Collection[int] = (), by: str = "m1") -> Ledger:
    """The ledger with an index as its last entry, false if it is of fewer entries than there are."""
    left = [one for seq, one in enumerate(filed(made)) if seq not in lacking]
    made.public("index", f"index {made.size} {base64_text(naive.root(left))}", by=by)
    return made


def proof_of(made: Ledger, tag_: bytes, shown: TermProof | None = None, *, lacking: Collection[int] = ()) -> IndexProof:
    """The index proof of a tag under the index in the last entry."""
    left = [one for seq, one in enumerate(filed(made, made.size - 1)) if seq not in lacking]
    end, siblings = naive.path(left, tag_)
    return IndexProof(tag_, Path(Leaf(*end) if end else None, tuple(siblings)), shown)


def term_proof(made: Ledger, term: str, generation: int, *, lacking: Collection[int] = ()) -> IndexProof:
    """That of a term under an index key."""
    shown = TermProof(term, generation, index_key(made.origin, generation).prove(term_input(term)))
    return proof_of(made, tag(term, generation, made.origin), shown, lacking=lacking)


def placed(made: Ledger, seqs: Iterable[int]) -> tuple[Placed, ...]:
    """Entries with their places in the tree over all."""
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in made.leaves])
    return tuple(Placed(made.leaves[s], s, tuple(merkle.inclusion_proof(s, made.size, node))) for s in seqs)


def complete(made: Ledger, *terms: str, lacking: Collection[int] = ()) -> Completeness:
    """What `dvault proof` gives out; under an index that lacks entries, the list that goes with it."""
    read = [entry.parse(leaf) for leaf in made.leaves]
    generations = range(1, made.generation + 1)
    proofs = [term_proof(made, t, g, lacking=lacking) for t in sorted(terms) for g in generations]
    tags = {proof.tag for proof in proofs}
    seqs = [one.entry.seq for one in read if tags & set(one.entry.tags) and one.entry.seq not in lacking]
    keys = [one.entry.seq for one in read if one.entry.kind in KEY_KINDS]
    kinds = tuple(proof_of(made, naive.kind_tag(kind), lacking=lacking) for kind in KINDS)
    (index,) = placed(made, [made.size - 1])
    return Completeness(placed(made, keys), index, kinds, tuple(proofs), placed(made, seqs), audited(made))


def audited(made: Ledger, by: Signer = AUDITOR, time: int = TIME) -> bytes:
    """The checkpoint with an auditor's cosignature."""
    read = note.parse(made.checkpoint())
    return note.render(read.text, [*read.unverified_signatures, by.cosign(read.text, time)])


def believing(made: Ledger, auditor: Signer = AUDITOR, quorum: str = "quorum none\n") -> Policy:
    """A verifier's policy with one auditor."""
    return policy.parse(bytes(Policy(made.fingerprint, (auditor.key,), (), parse_quorum(quorum))))
