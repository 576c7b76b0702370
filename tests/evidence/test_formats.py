"""The format texts of records, entries and ledgers hold real bytes, and the committed vectors are what is generated."""

import re
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests import vectors
from tests.evidence import naive_merkle
from tests.evidence.ledgers import check_references, examine
from tests.reports import handmade
from tests.vectors import example, example_report, generate_evidence
from vault.evidence import (
    consistency_path,
    entry,
    index_proof,
    index_proofs,
    merkle,
    note,
    public,
    record,
    statement,
    vrf,
)
from vault.evidence.binding import check_index, check_record
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.index import Tree
from vault.evidence.index_proof import IndexProof
from vault.evidence.members import KeyHistory
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import Verdict
from vault.evidence.vrf import tag, term_input
from vault.verify.bundles import judging
from vault.verify.outside import Outside


def text_of(name: str) -> str:
    return (example.FORMATS / name).read_text("utf-8")


BLOCKS = {key: body for name in example.TEXTS for key, body in example.read_blocks(text_of(name)).items()}


def table(name: str) -> dict[str, str]:
    rows = (re.split(r" {2,}", line) for line in BLOCKS[name].splitlines())
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize(("name", "build"), generate_evidence.FILES.items(), ids=generate_evidence.FILES)
def test_generator_writes_what_is_committed(name: str, build: Callable[[], str]) -> None:
    assert build() == vectors.committed(name)


@pytest.mark.parametrize("name", generate_evidence.FILES)
def test_rejects_outnumber_accepts_and_say_why(name: str) -> None:
    cases = vectors.read(name)
    rejected = [case for case in cases if case["expect"] == "reject"]
    assert len(rejected) > len(cases) - len(rejected)
    assert all(case["why"] for case in rejected)
    assert len({case["name"] for case in cases}) == len(cases)


@pytest.mark.parametrize("name", example.TEXTS)
def test_examples_are_what_is_generated(name: str) -> None:
    assert example.fill(text_of(name)) == text_of(name)


def test_every_example_stands_in_a_text() -> None:
    assert BLOCKS.keys() == example.blocks().keys()


# From here on nothing but the texts is read: what a stranger has.

LEAVES = [BLOCKS[name].encode() for name in ("genesis", "key", "approval", "entry")]


def test_example_ledger_has_no_fault() -> None:
    fingerprint = bytes.fromhex(table("ledger-hashes")["fingerprint"])
    origin = BLOCKS["entry"].split("\n")[1]
    assert examine(LEAVES, origin, fingerprint, BLOCKS["checkpoint"].encode()) == []


def test_example_checkpoint_is_signed_by_both_keys_of_the_example_genesis() -> None:
    signed = entry.parse(LEAVES[0])
    history = KeyHistory(signed.entry.origin).after(signed, "genesis")
    opened = open_checkpoint(BLOCKS["checkpoint"].encode(), history.log_at(4))
    assert (opened.size, opened.root) == (4, merkle.root(LEAVES))


def test_example_leaf_hashes_are_those_of_the_example_entries() -> None:
    hashes = [base64_text(sha256(b"\0" + leaf).digest()) for leaf in LEAVES]
    assert [table("ledger-hashes")[f"leaf hash {seq}"] for seq in range(4)] == hashes
    assert table("entry-hashes")["leaf hash of this entry"] == hashes[3]
    assert table("ledger-hashes")["fingerprint"] == b64decode(hashes[0]).hex()


def test_example_tags_are_sorted_by_their_bytes_where_base64_would_sort_otherwise() -> None:
    tags = [line[4:] for line in BLOCKS["entry"].splitlines() if line.startswith("tag ")]
    assert tags == sorted(tags, key=b64decode) != sorted(tags)


def test_example_record_is_that_of_the_example_entry_and_approved_there() -> None:
    whole = record.parse(BLOCKS["record"].encode())
    signed, approval = entry.parse(LEAVES[3]), entry.parse(LEAVES[2])
    for shown in (whole, record.parse_shown(BLOCKS["shown"].encode())):
        check_record(shown, signed)
        check_references(shown, signed, {2: approval})
    assert approval.entry.public_lines == (f"approves {base64_text(whole.approved_root)}",)


def test_example_hashes_of_the_record_are_worked_out_right() -> None:
    said = table("record-hashes")
    first, *_ = lines = BLOCKS["record"].splitlines()
    digest = b64encode_sha256(first)
    input_ = f"kind\n{digest}\n".encode()
    assert said["SHA-256 of line 1"] == digest
    assert said["leaf input of line 1"] == input_.hex()
    assert said["leaf hash of line 1"] == sha256(b"\0" + input_).hexdigest()
    names = [re.match(r'\["[^"]*","([^"]*)"', line) for line in lines]
    inputs = [
        f"{name[1]}\n{b64encode_sha256(line)}\n".encode() for name, line in zip(names, lines, strict=True) if name
    ]
    assert said[f"approved root ({len(inputs) - 4} lines)"] == base64_text(merkle.root(inputs[:-4]))
    assert said[f"record root ({len(inputs)} lines)"] == base64_text(merkle.root(inputs))


def b64encode_sha256(line: str) -> str:
    return base64_text(sha256(line.encode()).digest())


def test_example_tag_is_proven_by_the_key_of_the_example_genesis() -> None:
    said = table("tag")
    (line,) = (
        value for keyword, value in map(public.split, entry.parse(LEAVES[0]).entry.public_lines) if keyword == "vrf"
    )
    assert line == f"1 {said['index key, base64']}"
    alpha = bytes.fromhex(said["VRF input"])
    assert alpha == term_input(said["term"])
    proven = tag(vrf.verify(b64decode(said["index key, base64"]), alpha, b64decode(said["VRF proof, base64"])))
    assert base64_text(proven) == said["tag"]
    assert proven in entry.parse(LEAVES[3]).entry.tags
    assert said["term"] in record.parse(BLOCKS["record"].encode()).terms()


def index_proof_of(name: str) -> IndexProof:
    return index_proof.parse(BLOCKS[name].encode())


def test_example_index_is_that_of_the_example_ledger_and_its_last_entry() -> None:
    tree = Tree()
    for leaf in LEAVES:
        read = entry.parse(leaf)
        tree.add(read.entry.kind, read.entry.tags, read.hash)
    leaves = [*LEAVES, BLOCKS["index"].encode()]
    opened = Checkpoint(entry.parse(LEAVES[0]).entry.origin, 5, merkle.root(leaves))
    path = naive_merkle.path(4, leaves)
    assert check_index(entry.parse(leaves[4]), opened, path) == tree.root
    assert base64_text(tree.root) == table("index-hashes")["index root"]
    assert examine(leaves) == []


def test_example_index_proofs_hold_and_say_all_and_none() -> None:
    root, keys = b64decode(table("index-hashes")["index root"]), {1: b64decode(table("tag")["index key, base64"])}
    proof, absence = index_proof_of("index-proof"), index_proof_of("index-absence")
    leaf = index_proof.verify(proof, root)
    assert leaf
    index_proof.check_complete(leaf, [entry.parse(LEAVES[3])])
    assert index_proof.check_term(proof, keys) == table("tag")["term"]
    assert index_proof.verify(absence, root) is None
    assert index_proof.check_term(absence, keys) == "party:lei:5493001KJTIIGC8Y1R12"


def test_example_hashes_of_the_index_are_worked_out_right() -> None:
    said = table("index-hashes")
    leaf_input = sha256(b"\0" + LEAVES[3]).digest()
    assert said["R"] == base64_text(sha256(b"\0" + leaf_input).digest())
    hashed = bytes.fromhex(said["leaf, hashed bytes"])
    assert hashed == b"\2" + b64decode(said["tag"]) + bytes(7) + b"\1" + b64decode(said["R"])
    assert said["leaf"] == base64_text(sha256(hashed).digest())
    assert said["tag of kind disclosure"] == b64encode_kind("disclosure")


def b64encode_kind(kind: str) -> str:
    return base64_text(sha256(f"disclosure-vault/kind/v1\n{kind}".encode()).digest())


def test_example_report_says_what_it_seals_and_is_judged_as_its_text_says(tmp_path: Path) -> None:
    note_ = note.parse(BLOCKS["report-note"].encode())
    stated, digest = statement.split_sealed(note_.text)
    assert stated == BLOCKS["report-statement"]
    assert str(statement.parse(stated.encode())) == stated
    assert digest == sha256(BLOCKS["report-tags"].encode()).digest()
    genesis = entry.parse(LEAVES[0])
    note.verify(note_, KeyHistory(genesis.entry.origin).after(genesis, "genesis").members["m1"].key)
    found = judging.judge(handmade.write(tmp_path / "report", example_report.files()), Outside())
    assert [found.report.state(verdict) for verdict in Verdict] == ["PROVEN", *["NOT PROVEN"] * 4]
    assert any("approvals" in remark for remark in found.report.remarks)


def test_example_files_of_proofs_hold() -> None:
    root, keys = b64decode(table("index-hashes")["index root"]), {1: b64decode(table("tag")["index key, base64"])}
    proofs = index_proofs.parse(BLOCKS["report-terms"].encode())
    assert {index_proof.check_term(one, keys) for one in proofs} == set(example_report.TERMS)
    for one in proofs:
        index_proof.check_complete(index_proof.verify(one, root) or pytest.fail("absent"), [entry.parse(LEAVES[3])])
    (none,) = index_proofs.parse(BLOCKS["report-follow-ups"].encode())
    assert index_proof.verify(none, root) is None
    assert index_proof.check_term(none, keys) == "entry:3"
    path = consistency_path.parse(BLOCKS["report-consistency"].encode())
    old, new = merkle.root(LEAVES), merkle.root([*LEAVES, BLOCKS["index"].encode()])
    merkle.check_consistency(path.old, path.new, path.hashes, old, new)
