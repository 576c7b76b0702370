"""Everything in data/evidence is what the format says, and holds under its checkpoint."""

from pathlib import Path

import pytest

from tests.desk import Desk
from tests.reports import bundles, reading
from vault.evidence import (
    checkpoint,
    consistency_path,
    entry,
    index_proof,
    index_proofs,
    merkle,
    note,
    proof,
    public,
    terms,
)
from vault.evidence.entry import SignedEntry
from vault.evidence.index import kind_tag
from vault.evidence.strict import Malformed
from vault.reports.asking import Asked


def entries(files: dict[str, bytes]) -> dict[int, SignedEntry]:
    """Those of entries/."""
    found = (entry.parse(data) for name, data in files.items() if name.startswith("entries/") and name[-6:] == ".entry")
    return {one.entry.seq: one for one in sorted(found, key=lambda one: one.entry.seq)}


@pytest.mark.parametrize("name", bundles.QUERIES)
def test_every_sample_holds_wholly(desk: Desk, folder: Path, name: str) -> None:
    made = bundles.sample(desk, folder, name)
    files, statement = reading.evidence(made.path), reading.statement(made.path)
    with desk.opened() as archive:
        log, index_keys = archive.history.log, archive.history.vrfs
    opened = checkpoint.open_checkpoint(files["checkpoint"], log)
    assert opened == statement.checkpoint
    for path in (name for name in files if name.endswith(".tlog-proof")):
        leaf = entry.parse(files[path.replace(".tlog-proof", ".entry")]).hash
        read = proof.parse(files[path])
        assert len(read.unverified_checkpoint.unverified_signatures) == 1
        proof.verify(read, leaf, opened, log.ed25519)
    found = entries(files)
    size, root = public.parse_root(public.split(found[opened.size - 1].entry.public_lines[0])[1], "index")
    assert size == opened.size - 1
    for kind in ("genesis", "key", "party", "disclosure"):
        kind_proof = index_proof.parse(files[f"index/kind-{kind}.proof"])
        assert kind_proof.tag == kind_tag(kind)
        index_proof.verify(kind_proof, root)
    records = reading.shown(made.path)
    for seq, record in records.items():
        assert record.root == found[seq].entry.record
    assert records.keys() == {seq for seq, one in found.items() if one.entry.record}
    wanted = {"terms": sorted(statement.query.complete), "follow-ups": sorted(map(terms.entry, records))}
    for file, asked in wanted.items():
        assert reading.terms(made.path, file) == asked
        for one in index_proofs.parse(files[f"index/{file}.proofs"]):
            index_proof.check_term(one, index_keys)
            leaf_of = index_proof.verify(one, root)
            listed = [signed for signed in found.values() if one.tag in signed.entry.tags]
            if leaf_of:
                index_proof.check_complete(leaf_of, listed)
            assert bool(leaf_of) == bool(listed)
    if statement.query.every:
        of_kind = index_proof.verify(index_proof.parse(files["index/kind-disclosure.proof"]), root)
        assert of_kind is not None
        index_proof.check_complete(of_kind, [one for one in found.values() if one.entry.kind == "disclosure"])


def test_within_terms_are_shown_without_paths(desk: Desk, folder: Path) -> None:
    files = reading.evidence(bundles.sample(desk, folder, "within").path)
    ((tag, shown),) = index_proofs.parse_terms(files["index/within.proofs"])
    assert shown.term == "class:order"
    assert tag in entries(files)[7].entry.tags
    assert "index/within.proofs" not in reading.evidence(bundles.sample(desk, folder, "party").path)


def test_terms_without_paths_have_one_spelling(desk: Desk, folder: Path) -> None:
    data = reading.evidence(bundles.sample(desk, folder, "within").path)["index/within.proofs"]
    for other in (data + b"\n", data[:-1], data.replace(b"proofs/v1", b"proofs/v2"), data + data.partition(b"\n")[2],
                  data + b"absent\n", data.replace(b"term class", b"term  class")):  # fmt: skip
        with pytest.raises(Malformed):
            index_proofs.parse_terms(other)


def test_a_consistency_path_has_one_spelling() -> None:
    hashes = [merkle.leaf_hash(bytes([number])) for number in range(3)]
    data = bytes(consistency_path.ConsistencyPath(3, 7, tuple(hashes)))
    assert consistency_path.parse(data) == consistency_path.ConsistencyPath(3, 7, tuple(hashes))
    for other in (data[:-1], data + b"\n", data.replace(b"old 3", b"old 03"), data.replace(b"new", b"New"), b"",
                  data.replace(b"path/v1", b"path/v2"), data.replace(b"old 3\n", b""), data[:-5] + b"\n",
                  data + data.splitlines(keepends=True)[-1] * 130):  # fmt: skip
        with pytest.raises(Malformed):
            consistency_path.parse(other)


def test_a_name_that_holds_the_word_shared_is_read_back(desk: Desk, folder: Path) -> None:
    """Its term stands right before the hashes, where a line `shared` could."""
    bundles.run(desk, "party add 'the shared 7 company'")
    bundles.run(desk, "disclose a.txt --to 'the shared 7 company'")
    made = bundles.bundle(desk, folder / "x", Asked(parties=("the shared 7 company", "ganzhou")))
    assert "party-name:-:the shared 7 company" in reading.terms(made.path, "terms")


def test_log_and_member_sign_what_is_theirs(desk: Desk, folder: Path) -> None:
    """[The log's key under a statement: who holds that one alone could say what was asked.]"""
    made = bundles.sample(desk, folder, "party")
    (signature,) = note.parse(reading.files(made.path)["report.note"]).unverified_signatures
    assert signature.name == "magnets.example/disclosures/m1"
