"""The one file that a stranger reads, by itself: it stands alone, judges as the vectors say, and ends as it should.

What it says beside the program stands in the tests next to this one: of ledgers, of proofs, of time.
"""

import ast
import json
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import vectors
from tests.evidence.ledgers import ORIGIN
from tests.strangers.comparing import run
from vault.evidence.strict import base64_text
from vault.verify import standalone


def test_it_shares_nothing_and_uses_the_standard_library_alone() -> None:
    tree = ast.parse(Path(standalone.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


# Primitives, by the vectors that the program has to pass too.


@pytest.mark.parametrize("case", vectors.read("ed25519"), ids=lambda case: case["name"])
def test_it_judges_signatures_as_the_vectors_say(case: vectors.Case) -> None:
    public, message, signature = (bytes.fromhex(case[name]) for name in ("key", "message", "signature"))
    assert standalone.verify(public, message, signature) == (case["expect"] == "accept")


def refuses(read: Callable[..., object], *given_: object) -> bool:
    try:
        read(*given_)
    except standalone.Refused:
        return True
    return False


def test_it_reads_entries_as_the_vectors_say() -> None:
    for case in vectors.read("entries"):
        leaf = case["entry"].encode() if "entry" in case else bytes.fromhex(case["entry-hex"])
        assert refuses(standalone.read_entry, leaf) == (case["expect"] == "reject"), case["name"]


def test_it_reads_vkeys_as_the_vectors_say() -> None:
    for case in vectors.read("vkeys"):
        assert refuses(standalone.vkey, case["vkey"]) == (case["expect"] == "reject"), case["name"]


def test_it_judges_vrf_proofs_as_the_vectors_say() -> None:
    for case in vectors.read("vrf"):
        key, alpha, proof = (bytes.fromhex(case[name]) for name in ("key", "alpha", "proof"))
        refused = refuses(standalone.vrf_output, key, alpha, proof)
        assert refused == (case["expect"] == "reject"), case["name"]
        if not refused:
            assert standalone.vrf_output(key, alpha, proof).hex() == case["beta"]


def test_it_reads_shown_records_as_the_vectors_say() -> None:
    for case in vectors.read("shown-records"):
        entry = standalone.read_entry(case["entry"].encode())
        refused = refuses(shown_for, entry, case["shown"])
        assert refused == (case["expect"] == "reject"), (case["name"], case["why"])


@pytest.mark.parametrize("value", ["YQ==", "not base64", 7], ids=["UTF-8", "no base64", "a number"])
def test_it_refuses_file_names_that_should_stand_in_clear(value: object) -> None:
    line = json.dumps(["A" * 22 + "==", "item.1.name-bytes", value], separators=(",", ":"))
    assert refuses(standalone.read_record, f"= {line}\n")
    assert standalone.read_record(f"= {line}\n".replace(json.dumps(value), '"/w=="'))


def shown_for(entry: standalone.Entry, text: str) -> None:
    standalone.check_record(entry, standalone.read_record(text))


def test_it_follows_key_histories_as_the_vectors_say() -> None:
    for case in vectors.read("key-histories"):
        report = standalone.Report()
        outside = standalone.Outside("00" * 32, [], [])
        head = standalone.Head(case["origin"], 1, bytes(32))
        ledger = standalone.Ledger(standalone.Folder(Path()), b"", head, outside, report)
        for leaf in (case["genesis"], *case["entries"]):
            ledger.follow(leaf.encode())
        standalone.conclude(ledger)
        found = {(v, s) for v, s, _ in report.faults if v != "completeness"}  # the vectors look at no index
        expected = {(v, s) for _, v, s in case["faults"] if v != "completeness"}
        assert found == expected, (case["name"], report.faults)
        broken = [(what.split(":")[0], v) for v, s, what in report.faults if s == "BROKEN" and v != "completeness"]
        assert sorted(set(broken)) == sorted(
            {(where.split(",")[0], v) for where, v, s in case["faults"] if s == "BROKEN"}
        )


def test_it_takes_terms_in_their_one_spelling_only() -> None:
    for case in vectors.read("terms"):
        if case["expect"] == "accept":
            assert standalone.term(case["term"]) == case["term"], case["name"]
    for text in TERMS_REFUSED:
        assert refuses(standalone.term, text), text
    later = "party-name:CN:\U000323b0 name"  # a character that no table of today knows
    assert standalone.term(later) == later


TERMS_REFUSED = [
    "", "party", "party:lei:", "party:LEI:A1", "party:lei:a1", "party:lei:A 1", "party-name:cn:name", "party-name:CN:",
    "party-name:CN:Name", "party-name:CN: name", "party-name:CN:name  two", "party-name:CN:na\u00adme",
    "party-name:CN:\uff4eame", "party-name:CN:\ufdd0", "party-name:CN:\U000323b0\u202e", "party-name:CN:a\ue000",
    "matter:mofcom", "matter::1", "document:AB", "class:End", "entry:01", "entry:9223372036854775808", "customer:x",
    "party-name:CN:" + "x" * 4090,
]  # fmt: skip


def test_it_judges_index_proofs_as_the_vectors_say() -> None:
    for case in vectors.read("index"):
        assert refuses(judge_index_proof, case) == (case["expect"] == "reject"), case["name"]


def judge_index_proof(case: vectors.Case) -> None:
    """What a verifier does who knows the checkpoint and asks for one term or tag."""
    entries = [standalone.read_entry(text.encode()) for text in case["entries"]]
    index, asked = entries[case["index"]], case["asked"]
    if index.kind != "index" or index.seq + 1 != case["size"] or index.origin != ORIGIN:
        standalone.refuse("no index that counts")
    under = standalone.read_under(case["proof"].encode())
    if ":" in asked:
        if (under.term, under.generation) != (asked, 1):
            standalone.refuse("another term or generation")
        if standalone.tag_of(b64decode(case["vrf"]), under.term, under.vrf) != under.tag:
            standalone.refuse("another tag")
    elif base64_text(under.tag) != asked:
        standalone.refuse("another tag")
    listed = [entries[seq] for seq in case["listed"]]
    if any(under.tag not in (*entry.tags, standalone.kind_tag(entry.kind)) for entry in listed):
        standalone.refuse("an entry that is not under the tag")
    standalone.check_list(under, index.head("index")[1], listed)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--fingerprint", "12"], 2), (["--require", "beauty"], 2), (["--checkpoint", "nowhere"], 4), ([], 4)],
    ids=["fingerprint", "verdict", "kept", "no ledger"],
)
def test_wrong_use_ends_with_the_codes_of_the_program(tmp_path: Path, words: list[str], code: int) -> None:
    assert run(tmp_path, *words)[0] == code
