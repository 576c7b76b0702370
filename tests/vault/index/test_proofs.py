"""Proofs out of a vault hold for a stranger who has the checkpoint; what the tables lie about is never handed out."""

import pytest

from tests.evidence.naive_merkle import path as naive_path
from tests.vault.machine import LEI, spoken
from vault.archive import Archive
from vault.errors import Damaged, Refused
from vault.evidence import entry, index_proof, terms
from vault.evidence.binding import check_index
from vault.evidence.checkpoint import open_checkpoint
from vault.evidence.strict import Malformed
from vault.index.proofs import Proven, prove_kinds, prove_terms

NAME = terms.legal_name("party", "CN", "Ganzhou Magnet")
NOBODY = terms.register_id("party", "lei", "5493001KJTIIGC8Y1R12")


def believe(archive: Archive, note: bytes, proven: Proven) -> tuple[int, ...]:
    """What a stranger does, from checkpoint, leaves and index keys alone; the numbers of all entries under the tag."""
    opened = open_checkpoint(note, archive.history.log)
    leaves = list(archive.ledger.leaves(0, opened.size))
    root = check_index(entry.parse(leaves[proven.index]), opened, naive_path(proven.index, leaves))
    proof = index_proof.parse(proven.data)
    leaf = index_proof.verify(proof, root)
    if proven.term:
        assert index_proof.check_term(proof, archive.history.vrfs) == proven.term
    if leaf is None:
        return ()
    index_proof.check_complete(leaf, [entry.parse(leaves[seq]) for seq in proven.entries])
    return proven.entries


def test_all_of_a_term_and_none_of_another(archive: Archive) -> None:
    note = archive.checkpoint()
    found = prove_terms(archive, [LEI, NAME, NOBODY])
    assert [one.term for one in found] == [LEI, NAME, NOBODY]
    assert [believe(archive, note, one) for one in found] == [(1, 2, 3, 4, 5), (1,), ()]
    assert {(one.index, one.generation) for one in found} == {(6, 1)}
    assert len(found[2].data) < 1_500 + 150  # and its VRF proof


def test_all_of_a_kind_and_none_of_another(archive: Archive) -> None:
    note = archive.checkpoint()
    found = prove_kinds(archive, ["genesis", "disclosure", "erasure"])
    assert [believe(archive, note, one) for one in found] == [(0,), (2, 3, 4, 5), ()]


def test_what_came_after_the_index_is_not_in_it(archive: Archive) -> None:
    archive.checkpoint()
    archive.append([spoken()])
    (proven,) = prove_terms(archive, [LEI])
    assert proven.entries == (1, 2, 3, 4, 5)
    note = archive.checkpoint()
    (proven,) = prove_terms(archive, [LEI])
    assert believe(archive, note, proven) == (1, 2, 3, 4, 5, 7)


def test_there_is_no_proof_before_the_first_index(archive: Archive) -> None:
    with pytest.raises(Refused, match="no index yet") as caught:
        prove_terms(archive, [LEI])
    assert "dvault checkpoint" in caught.value.hint


def test_a_generation_that_is_not_held_is_no_smaller_proof(archive: Archive) -> None:
    archive.checkpoint()
    archive.secrets.index.clear()
    with pytest.raises(Refused, match="no index key of generation 1"):
        prove_terms(archive, [LEI])
    assert prove_kinds(archive, ["party"])[0].entries == (1,)


def test_a_term_has_one_spelling(archive: Archive) -> None:
    archive.checkpoint()
    with pytest.raises(Malformed):
        prove_terms(archive, [LEI.lower()])


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM indexed_entry WHERE seq=3",
        "UPDATE indexed_entry SET seq=0 WHERE seq=3",
        "INSERT INTO indexed_entry SELECT first, 0 FROM indexed_tag WHERE count=5",
        "UPDATE indexed_tag SET count=4, peaks=substr(peaks, 1, 32) WHERE count=5",
        "UPDATE index_head SET root=zeroblob(32)",
        "DELETE FROM index_block",
    ],
)
def test_what_was_tampered_with_is_not_handed_out(archive: Archive, sql: str) -> None:
    archive.checkpoint()
    archive.database.execute(sql)
    with pytest.raises(Damaged, match="index"):
        prove_terms(archive, [LEI])


def test_terms_are_in_no_repr(archive: Archive) -> None:
    archive.checkpoint()
    assert LEI not in repr(prove_terms(archive, [LEI]))
