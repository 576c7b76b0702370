"""Lists out of a real vault: what a stranger makes of them, and what is not given out."""

import pytest

from tests.evidence.signers import witness
from tests.vault.machine import DOCUMENTS, LEI, digest, spoken
from tests.verify.folders import findings, states
from vault import completing
from vault.archive import Archive
from vault.completing import Complete, complete, terms_of
from vault.errors import Damaged, Misuse, NotFound, Refused
from vault.evidence import completeness, note, terms
from vault.evidence.policy import Policy
from vault.evidence.quorum import parse as parse_quorum
from vault.verify.completing import judge
from vault.verify.outside import Outside

NAME = terms.legal_name("party", "CN", "Ganzhou Magnet")
NOBODY = terms.register_id("party", "lei", "5493001KJTIIGC8Y1R12")
AUDITOR = witness("auditor.example/a")


def audited(archive: Archive, made: Complete) -> str:
    """The verdicts of who believes an auditor, who has cosigned."""
    whole = note.parse(made.proof.checkpoint)
    cosigned = note.render(whole.text, [*whole.unverified_signatures, AUDITOR.cosign(whole.text, 1_795_369_500)])
    given = bytes(made.proof).replace(b"checkpoint 6\n" + made.proof.checkpoint, b"checkpoint 7\n" + cosigned)
    policy = Policy(bytes.fromhex(archive.fingerprint), (AUDITOR.key,), (), parse_quorum("quorum none\n"))
    found = judge(given, Outside(policy=policy))
    assert found.report.passes(found.required), findings(found)
    return "".join(states(found).values())


def test_lists_of_a_real_vault_are_complete_and_absent(archive: Archive) -> None:
    archive.checkpoint()
    document = terms.document(digest(DOCUMENTS[0]))
    made = complete(archive, [NOBODY, document])
    assert (made.entries, made.transmittals, made.index, made.uncovered) == ((2, 4), 2, 6, False)
    assert made.terms == (document, NOBODY)
    assert audited(archive, made) == "PPPNP"
    made = complete(archive, [NOBODY])
    assert (made.entries, made.transmittals) == ((), 0)
    assert audited(archive, made) == "PPPNP"


def test_a_party_is_asked_for_by_all_its_terms(archive: Archive) -> None:
    archive.checkpoint()
    for said in ("P-1", "ganzhou", "p-0001"):
        assert set(terms_of(archive, "party", said)) == {LEI, NAME}
    made = complete(archive, terms_of(archive, "party", "P-1"))
    assert made.entries == (1, 2, 3, 4, 5)
    assert made.transmittals == 4
    assert audited(archive, made) == "PPPNP"


def test_what_came_after_the_index_is_said_to_be_missing(archive: Archive) -> None:
    archive.checkpoint()
    archive.append([spoken()])
    made = complete(archive, [LEI])
    assert made.uncovered
    assert 7 not in made.entries
    assert made.proof.unverified.size == 7
    archive.checkpoint()
    assert complete(archive, [LEI]).entries[-1] == 7


def test_without_the_checkpoint_that_ends_with_the_index_there_is_no_list(archive: Archive) -> None:
    archive.checkpoint()
    archive.append([spoken()])
    archive.database.execute("DELETE FROM checkpoint WHERE size=7")
    with pytest.raises(Refused, match="no checkpoint that ends with the newest index, entry 6, is kept") as caught:
        complete(archive, [LEI])
    assert "dvault checkpoint" in caught.value.hint


def test_without_any_index_there_is_no_list(archive: Archive) -> None:
    with pytest.raises(Refused, match="no index yet"):
        complete(archive, [LEI])


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM indexed_entry WHERE seq=3", "UPDATE index_head SET root=zeroblob(32)", "DELETE FROM index_block"],
)
def test_what_was_tampered_with_is_not_given_out(archive: Archive, sql: str) -> None:
    archive.checkpoint()
    archive.database.execute(sql)
    with pytest.raises(Damaged, match="index"):
        complete(archive, [LEI])


def test_more_lists_than_anybody_reads_are_refused_before_they_are_made(archive: Archive) -> None:
    archive.checkpoint()
    with pytest.raises(Refused, match="1001 lists"):
        complete(archive, [terms.entry(seq) for seq in range(completeness.MAX_PROOFS + 1)])


def test_who_is_not_in_the_register_is_asked_for_by_terms(archive: Archive) -> None:
    with pytest.raises(NotFound) as caught:
        terms_of(archive, "subject", "nobody")
    assert "--term subject-name:" in caught.value.hint
    with pytest.raises(Misuse, match="term"):
        completing.term(LEI.lower())


def test_terms_are_in_no_repr(archive: Archive) -> None:
    archive.checkpoint()
    made = complete(archive, [LEI])
    assert LEI not in repr(made)
    assert completeness.parse(bytes(made.proof)) == made.proof
