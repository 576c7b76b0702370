"""Verdicts on bundles: what an honest one comes to under which policy, and what becomes of every lie in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority
from tests.desk import Desk
from tests.evidence.ledgers import Ledger, signer
from tests.evidence.signers import witness
from tests.reports import bundles, handmade, mutations
from tests.reports.handmade import (
    DRAWING,
    EVIDENCE,
    PARTY,
    Handmade,
    Story,
    remade,
    sealed,
)  # fmt: skip
from tests.reports.stories import Write
from tests.verify.bundles import archives
from tests.verify.bundles.judged import faults, judge, letters
from tests.verify.lists import indexed
from vault.evidence import index_proofs, note
from vault.evidence.statement import Query, Withheld
from vault.evidence.verdicts import Verdict
from vault.verify.outside import Outside

MARCH, NOVEMBER = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
INTEGRITY, SEQUENCE, ORIGIN, _, COMPLETE = Verdict


# What an honest bundle comes to


def test_all_five_are_proven_to_who_believes_auditor_and_tsa(party: Handmade, outside: Outside, write: Write) -> None:
    found = judge(write(party.files()), outside)
    assert letters(found) == "PPPPP"
    assert found.report.passes(Verdict)
    assert (found.report.entries, found.report.transmittals, found.report.documents) == (8, 3, 1)
    assert [one.step.number for one in found.steps if not one.skipped] == [*range(1, 8), 9, 10, 11, *range(14, 21)]


def test_a_zip_is_judged_like_the_folder(party: Handmade, outside: Outside, tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    path.write_bytes(archives.by_library(party.files()))
    assert letters(judge(path, outside)) == "PPPPP"


def test_without_a_policy_it_vouches_for_itself(party: Handmade, write: Write) -> None:
    found = judge(write(party.files()))
    assert letters(found) == "PNNNN"
    assert "self-asserted" in faults(found, SEQUENCE)


def test_with_a_fingerprint_alone_nobody_vouches_for_the_index(party: Handmade, write: Write) -> None:
    found = judge(write(party.files()), Outside(party.ledger.fingerprint.hex()))
    assert letters(found) == "PPNNN"
    assert "recomputed by nobody independent" in faults(found, COMPLETE) + faults(found, ORIGIN)


def test_a_witness_who_is_no_auditor_is_not_enough(party: Handmade, outside: Outside, write: Write) -> None:
    assert outside.policy
    found = judge(write(party.files()), replace(outside, policy=replace(outside.policy, auditors=())))
    assert letters(found) == "PPNPN"


def test_roots_of_another_tsa_count_nothing(party: Handmade, story: Story, tmp_path: Path, write: Write) -> None:
    mine = handmade.believing(story.ledger, Authority(tmp_path / "tsa", name="Mine").roots)
    silent = replace(party, auditor=None)
    assert letters(judge(write(silent.files()), mine)) == "PNNNN"


def test_the_whole_ledger_in_it_makes_completeness_and_origin_proven(story: Story, write: Write) -> None:
    found = judge(write(Handmade(story, ledger_too=True).files()), Outside(story.ledger.fingerprint.hex()))
    assert letters(found) == "PPPNP"
    assert found.handed
    assert found.handed.counted
    assert not any("owner's word" in remark for remark in found.report.remarks)


def test_intervals_are_those_of_anchors_and_tokens(party: Handmade, outside: Outside, write: Write) -> None:
    handed = judge(write(party.files()), outside).handed
    assert handed
    first, last = handed.intervals[3], handed.intervals[8]
    assert first.lower is None
    assert str(first.upper)[:16] == "2026-11-23 08:00"
    assert (str(last.lower)[:16], str(last.upper)[:16]) == ("2026-11-23 07:59", "2026-11-24 08:00")


@pytest.mark.parametrize("name", bundles.QUERIES)
def test_what_the_exporter_writes_holds(sample_desk: Desk, tmp_path: Path, name: str) -> None:
    sample = bundles.sample(sample_desk, tmp_path, name)
    found = judge(sample.path, Outside(sample.fingerprint))
    assert letters(found) == "PPNNN"
    assert all("nobody" in str(fault) for fault in [*found.report.faults[ORIGIN], *found.report.faults[COMPLETE]])
    assert letters(judge(sample.path)) == "PNNNN"


def test_what_the_exporter_zips_holds(sample_desk: Desk, tmp_path: Path) -> None:
    sample = bundles.bundle(sample_desk, tmp_path / "report.zip")
    assert letters(judge(sample.path, Outside(sample.fingerprint))) == "PPNNN"


# What nobody can call complete


def test_a_query_without_a_list_is_complete_of_nothing(story: Story, outside: Outside, write: Write) -> None:
    found = judge(write(Handmade(story, Query(chosen=(1, 2))).files()), outside)
    assert letters(found) == "PPPPN"
    assert "nobody can see" in faults(found, COMPLETE)


def test_a_report_of_nothing_proves_no_time(story: Story, outside: Outside, write: Write) -> None:
    nobody = Handmade(story, Query(complete=("party:lei:5493001KJTIIGC8Y1R12",)))
    assert letters(judge(write(nobody.files()), outside)) == "PPPNP"


def test_a_ledger_without_disclosures_proves_no_absence(write: Write) -> None:
    story = Story()
    story.ledger = Ledger.founded()
    story.ledger.public("index", handmade.index_line(story.ledger))
    found = judge(write(Handmade(story).files()), handmade.believing(story.ledger))
    assert letters(found) == "PNPNN"


# Lies of somebody without keys, and of the owner


def test_files_and_manifests_made_anew_are_without_a_seal(party: Handmade, outside: Outside, write: Write) -> None:
    files = party.files()
    found = judge(write(remade({**files, "data/verify.py": b"print('all is well')"})), outside)
    assert letters(found) == "PPBPN"
    assert "report.note: expected the tag manifest that was sealed" in faults(found, ORIGIN)
    del files["report.note"]
    assert letters(judge(write(files), outside)) == "PPBPN"


@pytest.mark.parametrize(
    "by", [signer("m3"), signer("m2", "other.example/log"), Handmade(Story()).ledger.log.ed25519, signer("m2")]
)
def test_a_seal_by_anybody_else_is_broken(party: Handmade, outside: Outside, write: Write, by: object) -> None:
    files = party.files()
    text = note.parse(files["report.note"], limit=1 << 20).text
    files["report.note"] = note.render(text, [by.sign(text)])  # type: ignore[attr-defined]
    assert letters(judge(write(files), outside)) == "PPBPN"


def test_any_member_who_records_may_seal_one_who_left_may_not(outside: Outside, write: Write) -> None:
    story = Story()
    trusting = handmade.believing(story.ledger)
    assert letters(judge(write(Handmade(story, by="m2").files()), trusting))[2] == "P"
    for line, roles in (("m3", "auditor"), ("m4", "checkpointer"), ("m5", "custodian")):
        story.ledger.admit(line, roles)
    story.ledger.change_keys("remove m2")
    indexed(story.ledger)
    found = {by: letters(judge(write(Handmade(story, by=by).files()), trusting))[2] for by in ("m2", "m3", "m4", "m5")}
    assert found == {"m2": "B", "m3": "B", "m4": "B", "m5": "P"}


def test_a_correction_left_out_under_a_true_index_is_missed(story: Story, outside: Outside, write: Write) -> None:
    found = judge(write(Handmade(story, left_out={9}).files()), outside)
    assert letters(found) == "PPPPB"
    assert "follow-ups of entry 8" in faults(found, COMPLETE)


def test_a_false_index_is_the_owners_word_and_broken_by_the_ledger(write: Write) -> None:
    """[The owner has all keys, drops a correction and signs an index that lacks it.]"""
    story = Story(lacking={9})
    lying = Handmade(story, lacking={9}, auditor=None)
    fingerprint = Outside(story.ledger.fingerprint.hex())
    assert letters(judge(write(lying.files()), fingerprint)) == "PPNNN"
    found = judge(write(replace(lying, ledger_too=True).files()), fingerprint)
    assert letters(found) == "PPNNB"
    assert "index in entry 11" in faults(found, COMPLETE)


def test_a_rotation_left_out_is_missed(party: Handmade, outside: Outside, write: Write) -> None:
    """[With it goes all that was filed under the newer index key.]"""
    files = {name: data for name, data in party.files().items() if "keys/000007" not in name}
    found = judge(write(sealed(files)), outside)
    assert letters(found)[2] + letters(found)[4] == "BB"
    assert "kinds, key: expected 2 entries" in faults(found, ORIGIN)


def test_proofs_of_one_generation_alone_are_missed(party: Handmade, outside: Outside, write: Write) -> None:
    for name, terms in (("terms", PARTY.complete), ("follow-ups", [f"entry:{s}" for s in (2, 3, 5, 8, 9, 10)])):
        one = index_proofs.render(party.term(term, 1) for term in terms)
        found = judge(write(sealed({**party.files(), f"{EVIDENCE}index/{name}.proofs": one})), outside)
        assert letters(found) == "PPPPB"
        assert "2 generations" in faults(found, COMPLETE)


def test_an_index_of_before_is_not_the_last_entry(outside: Outside, write: Write) -> None:
    """[True in its day, it lacks what came after it.]"""
    story = Story()
    story.ledger.disclose("later", by="m2")
    found = judge(write(Handmade(story).files()), handmade.believing(story.ledger))
    assert letters(found)[4] == "B"
    assert "an index entry of" in faults(found, COMPLETE)


def test_a_fork_for_each_entry_is_broken(party: Handmade, outside: Outside, write: Write) -> None:
    """[A proof of its own checkpoint for each entry, all of them well signed.]"""
    fork = Handmade(Story(more=True)).files()
    files = party.files()
    for end in ("entry", "tlog-proof", "record"):
        files[f"{EVIDENCE}entries/000010.{end}"] = fork[f"{EVIDENCE}entries/000010.{end}"]
    found = judge(write(sealed(files)), outside)
    assert letters(found)[1] == "B"
    assert "entry 10: expected a proof under the one checkpoint" in faults(found, SEQUENCE)


def test_a_token_over_another_history_breaks_the_order(party: Handmade, outside: Outside, write: Write) -> None:
    fork = Story(lambda _: b"token", more=True)
    fork.ledger.leaves[3] = fork.ledger.leaves[4]
    signed = fork.ledger.log.sign(fork.ledger.tree()._replace(size=5))
    files = {**party.files(), f"{EVIDENCE}anchors/5/checkpoint": signed}
    assert letters(judge(write(sealed(files)), outside))[1] == "B"
    del files[f"{EVIDENCE}consistency/5.proof"]
    assert letters(judge(write(sealed(files)), outside))[1] == "B"


def test_a_checkpoint_that_was_kept_has_to_be_this_one(party: Handmade, outside: Outside, write: Write) -> None:
    path, fork = write(party.files()), Story(more=True).ledger
    kept = replace(outside, kept=(("mine", party.ledger.checkpoint()),))
    assert letters(judge(path, kept)) == "PPPPP"
    stamped = replace(outside, kept=(("mine", party.story.anchors[5][0]),))
    assert letters(judge(path, stamped)) == "PPPPP"
    other = replace(outside, kept=(("mine", fork.log.sign(fork.tree()._replace(size=12))),))
    assert letters(judge(path, other))[1] == "B"
    assert letters(judge(path, replace(outside, kept=(("mine", fork.checkpoint()),))))[1] == "N"


def test_a_ledger_of_another_history_beside_it_breaks_the_order(story: Story, write: Write) -> None:
    fork = Handmade(Story(more=True), ledger_too=True).files()
    files = {name: data for name, data in Handmade(story, ledger_too=True).files().items() if "ledger/" not in name}
    files |= {name: data for name, data in fork.items() if "ledger/" in name}
    found = judge(write(sealed(files)), Outside(story.ledger.fingerprint.hex()))
    assert letters(found)[1] == "B"
    assert letters(found)[2] != "P"
    assert letters(found)[4] != "P"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("000003-1-rotor.pdf", b"another drawing", "as item 1 of entry 3 shows"),
        ("000003-2-rotor.pdf", DRAWING, "item 2 of entry 3"),
        ("000004-1-rotor.pdf", DRAWING, "item 1 of entry 4"),
        ("3-1-rotor.pdf", DRAWING, "a document named"),
        ("readme", DRAWING, "a document named"),
    ],
)
def test_a_document_that_is_not_the_one_recorded_is_broken(
    story: Story, outside: Outside, write: Write, name: str, data: bytes, why: str
) -> None:
    found = judge(write(Handmade(story, documents={name: data}).files()), outside)
    assert letters(found)[0] == "B"
    assert why in faults(found, INTEGRITY)


def test_an_item_that_is_there_twice_or_whose_hash_is_withheld_is_broken(
    story: Story, outside: Outside, write: Write
) -> None:
    twice = {"000003-1-a.pdf": DRAWING, "000003-1-b.pdf": DRAWING}
    found = judge(write(Handmade(story, documents=twice).files()), outside)
    assert "each item once" in faults(found, INTEGRITY)
    hidden = {3: ["item.1.sha256"]}
    made = Handmade(story, hidden=hidden, patterns=[Withheld("item.*.sha256", "security")])
    assert letters(judge(write(made.files()), outside)) == "PPPPP"
    found = judge(write(replace(made, documents={"000003-1-a.pdf": DRAWING}).files()), outside)
    assert letters(found)[0] == "B"


def test_a_vault_invented_last_night_with_its_own_tsa_and_witness_is_never_green(
    story: Story, outside: Outside, tmp_path: Path, write: Write
) -> None:
    """evidence.md section 7: under its own policy all is PROVEN, under anybody's none but integrity."""
    tsa, auditor = Authority(tmp_path / "tsa", name="Invented"), witness("invented.example/w")
    invented = Story(tsa.stamp, origin="magnets.example/disclosure")
    end = invented.ledger.checkpoint()
    invented.anchors[invented.ledger.size] = end, [tsa.stamp(end)]
    late = int((datetime.now(UTC) + timedelta(seconds=5)).timestamp())
    path = write(Handmade(invented, auditor=auditor, time=late).files())
    assert letters(judge(path, handmade.believing(invented.ledger, tsa.roots, auditor))) == "PPPPP"
    assert letters(judge(path)) == "PNNNN"
    found = judge(path, outside)
    assert letters(found) == "PBBNB"
    assert not found.report.passes([])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("entries/000003.note", b"x"), ("entries/3.entry", b"x"), ("entries/0000003.entry", b"x"), ("x", b"x"),
        ("entries/000099.record", b"x"), ("keys/000000.entry", b"x"), ("keys/000001.record", b"x"),
        ("index/kind-hold.proof", b"x"), ("anchors/5/notes.txt", b"x"), ("anchors/05/checkpoint", b"x"),
        ("consistency/12.proof", b"x"), ("consistency/3.proof", b"x"), ("anchors/5/ABC.tsr", b"x"), ("STATEMENT", b"x"),
    ],
)  # fmt: skip
def test_nothing_else_lies_in_the_evidence(
    party: Handmade, outside: Outside, write: Write, name: str, data: bytes
) -> None:
    assert letters(judge(write(sealed({**party.files(), EVIDENCE + name: data})), outside))[0] == "B"


@pytest.mark.parametrize("name", sorted(name for name in Handmade(Story()).files() if name.startswith(EVIDENCE)))
def test_nothing_may_be_missing_from_the_evidence(write: Write, name: str) -> None:
    made = Handmade(Story())
    files = {known: data for known, data in made.files().items() if known != name}
    if name.endswith("statement"):
        return
    found = judge(write(sealed(files)), handmade.believing(made.ledger))
    assert letters(found)[:3] != "PPP" or letters(found)[4] == "B", name
    assert "B" in letters(found)


def test_hostile_archives_are_broken_and_not_looked_into(tmp_path: Path, outside: Outside) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(archives.archive([archives.Part(b"report/../../bagit.txt")]))
    found = judge(path, outside)
    assert letters(found) == "BNNNN"
    assert "bomb.zip: expected relative names" in faults(found, INTEGRITY)


# At random


@pytest.mark.parametrize("more", [True, False], ids=["same keys", "other keys"])
def test_no_mutation_is_green(party: Handmade, outside: Outside, write: Write, more: bool) -> None:
    """A small sample of each sort; `python -m tests.reports COUNT` takes more."""
    other = Handmade(Story(more=True) if more else Story(origin="other.example/log")).files()
    for one in mutations.mutations(party.files(), other, seed=7 + more, count=len(mutations.MAKERS)):
        mutations.check(one, lambda files: letters_by_verdict(judge(write(files), outside)), sealed)


def letters_by_verdict(found: object) -> dict[Verdict, str]:
    return dict(zip(Verdict, letters(found), strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["kind-key", "kind-party"])
def test_a_kind_that_is_left_out_proves_no_origin(party: Handmade, outside: Outside, write: Write, name: str) -> None:
    """[Without the list of key entries a removal is left out with it, and who left has signed.]"""
    files = {place: data for place, data in party.files().items() if f"{name}.proof" not in place}
    found = letters(judge(write(sealed(files)), outside))
    assert (found[0], found[2], found[4]) == ("B", "B", "B")


@pytest.mark.parametrize("name", ["kind-key.proof", "kind-party.proof", "terms.proofs", "follow-ups.proofs"])
def test_a_file_of_the_index_in_another_spelling_breaks_integrity(
    party: Handmade, outside: Outside, write: Write, name: str
) -> None:
    files = dict(party.files())
    files[f"{EVIDENCE}index/{name}"] += b"\n"
    found = letters(judge(write(sealed(files)), outside))
    assert (found[0], found[4]) == ("B", "B")
