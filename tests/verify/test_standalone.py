"""The one file that a stranger reads: it comes to the same verdicts as the program, on honest and on damaged ledgers.

What it skips, and says so, is all in which the two may differ: ML-DSA-44 signatures, witnesses, how terms are spelled.
"""

import ast
import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import vectors
from tests.anchoring.authority import Authority, Life, ago
from tests.evidence.ledgers import ORIGIN, LaterLog, Ledger, member_line, vrf_line
from tests.evidence.trees import nodes_over
from tests.verify import lists, test_auditing, test_completing, test_proving
from tests.verify.folders import (
    files_of,
    findings,
    honest,
    keys_of,
    relinked,
    signed_over,
    states,
    unsigned,
    write,
)
from tests.verify.folders import judge as audited
from tests.verify.test_attacks import ATTACKS, TRUE, WHO, true_ledger
from vault.evidence import merkle, record
from vault.evidence.completeness import Completeness
from vault.evidence.consistency import Consistency
from vault.evidence.index import Tree
from vault.evidence.intervals import Anchor, counted
from vault.evidence.strict import base64_text
from vault.verify import proving, standalone
from vault.verify.outside import Outside

LETTERS = {"PROVEN": "P", "NOT PROVEN": "N", "BROKEN": "B"}
Files = dict[str, bytes]


def verdicts(report: standalone.Report) -> dict[str, str]:
    return {verdict: LETTERS[report.verdict(verdict)[0]] for verdict in standalone.VERDICTS}


def alone(folder: Path, outside: Outside = Outside(), roots: Sequence[Path] = ()) -> standalone.Report:  # noqa: B008
    """What the file says of a folder."""
    report = standalone.Report()
    brought = standalone.Outside(outside.fingerprint, list(outside.kept), list(roots))
    standalone.check_ledger(folder, brought, report)
    return report


def alone_of_proof(data: bytes, outside: Outside) -> standalone.Report:
    report = standalone.Report()
    check, _ = standalone.PROOFS[data.split(b"\n")[0]]
    check(data, standalone.Outside(outside.fingerprint, list(outside.kept), []), report)
    return report


def agree(folder: Path, outside: Outside) -> dict[str, str]:
    """Both come to the same five verdicts; these are they."""
    ours, theirs = audited(folder, outside), alone(folder, outside)
    assert verdicts(theirs) == states(ours), (theirs.faults, findings(ours))
    return states(ours)


def run(path: Path, *words: str | Path) -> tuple[int, dict[str, str], str]:
    """Exit code, verdicts and output, of the file by itself."""
    command = [sys.executable, "-I", standalone.__file__, str(path), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    rows = re.findall(r"^(\w+) +(PROVEN|NOT PROVEN|BROKEN)  ", done.stdout, re.MULTILINE)
    return done.returncode, {name: LETTERS[state] for name, state in rows}, done.stdout + done.stderr


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
        ledger = standalone.Ledger(Path(), b"", head, outside, report)
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


# Whole ledgers.


def test_an_honest_ledger_is_proven(tmp_path: Path) -> None:
    folder, known = write(tmp_path / "ledger", honest(TRUE)), TRUE.fingerprint.hex()
    code, found, said = run(folder, "--fingerprint", known.upper(), "--checkpoint", folder / "checkpoint")
    assert (code, found) == (0, {"integrity": "P", "order": "P", "origin": "P", "time": "N", "completeness": "N"})
    assert "skipped: ML-DSA-44 signatures" in said
    assert "skipped: time stamps: no roots were given" in said
    assert "skipped: records" in said
    assert run(folder)[:2] == (1, {"integrity": "P", "order": "N", "origin": "N", "time": "N", "completeness": "N"})
    assert run(folder, "--require", "integrity")[0] == 0
    assert run(folder, "--fingerprint", known, "--require", "time")[0] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--fingerprint", "12"], 2), (["--require", "beauty"], 2), (["--checkpoint", "nowhere"], 4), ([], 4)],
    ids=["fingerprint", "verdict", "kept", "no ledger"],
)
def test_wrong_use_ends_with_the_codes_of_the_program(tmp_path: Path, words: list[str], code: int) -> None:
    assert run(tmp_path, *words)[0] == code


@pytest.mark.parametrize("who", WHO)
def test_it_agrees_with_the_program_on_attacks(tmp_path: Path, who: str) -> None:
    for number, (_, attack, _, _) in enumerate(ATTACKS):
        agree(write(tmp_path / str(number), attack(true_ledger())), WHO[who])


@cache
def rich() -> Ledger:
    """One of each: approvals, rules, two indexes, an anchor, new log and index keys, a member revoked, a backup."""
    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    ledger.change_keys(member_line("m3", "custodian"))
    ledger.public("approval", f"approves {base64_text(bytes(32))}", by="m3")
    ledger.disclose(by="m2")
    ledger.record("nil-return", [("purpose", "none")], ["class:x", "class:y"], by="m1")
    ledger.public("policy", "rule retention 10y")
    enter_index(ledger)
    ledger.public("anchor", f"checkpoint 8 {base64_text(merkle.root(ledger.leaves))}", "worm bucket seven")
    ledger.change_log()
    ledger.change_keys(vrf_line(2), "remove m3")
    ledger.generation = 2
    ledger.disclose(by="m2")
    ledger.change_keys("revoke m2 11")
    ledger.public("seminar", "held in Ganzhou")
    enter_index(ledger)
    ledger.public("backup", f"size {ledger.size}", f"objects 3 {'ab' * 32}", "drill ok")
    return ledger


def enter_index(ledger: Ledger, leave_out: frozenset[int] = frozenset()) -> None:
    """Append an index; one that leaves entries out is a lie."""
    tree = Tree()
    for seq, leaf in enumerate(ledger.leaves):
        entry = standalone.read_entry(leaf)
        if seq not in leave_out:
            tree.add(entry.kind, entry.tags, entry.hash)
    ledger.public("index", f"index {ledger.size} {base64_text(tree.root)}")


def with_index(*, leave_out: int = -1, behind: bool = False) -> Ledger:
    ledger = true_ledger()
    enter_index(ledger, frozenset([leave_out]))
    if behind:
        ledger.disclose(by="m2")
    return ledger


def known(ledger: Ledger, *kept: bytes) -> Outside:
    return Outside(ledger.fingerprint.hex(), tuple((f"kept {number}", one) for number, one in enumerate(kept)))


def test_it_agrees_on_one_of_each_sort_of_entry(tmp_path: Path) -> None:
    ledger = rich()
    early = Ledger(ledger.origin, ledger.leaves[:8]).checkpoint()
    found = agree(write(tmp_path, honest(ledger)), known(ledger, early))
    assert found == {"integrity": "P", "order": "P", "origin": "N", "time": "N", "completeness": "P"}
    assert any("its signer m2 was revoked later" in what for _, _, what in alone(tmp_path, known(ledger)).faults)


@pytest.mark.parametrize(
    ("ledger", "expected", "said"),
    [
        (with_index(), "P", "a list proven by it is complete"),
        (with_index(leave_out=4), "B", "entry 7: another index root than that over the entries before"),
        (with_index(behind=True), "N", "no index over entries 8 to 8"),
    ],
    ids=["true", "one left out", "too old"],
)
def test_it_recomputes_the_index(tmp_path: Path, ledger: Ledger, expected: str, said: str) -> None:
    """[The owner signs an index that lacks an entry.]"""
    folder = write(tmp_path, honest(ledger))
    assert agree(folder, known(ledger))["completeness"] == expected
    assert said in alone(folder, known(ledger)).verdict("completeness")[1][0]


def test_an_index_says_nothing_of_a_leaf_behind_it_that_cannot_be_read(tmp_path: Path) -> None:
    """[What would be missing from a list is written so that no reader can file it.]"""
    ledger = with_index()
    ledger.append(b"disclosure-vault/entry/v2\n")
    found = agree(write(tmp_path, honest(ledger)), known(ledger))
    assert (found["integrity"], found["completeness"]) == ("B", "N")


def test_an_anchor_beyond_the_ledger_is_broken_and_no_crash(tmp_path: Path) -> None:
    """[Its entry says another number than it has, so that the checkpoint it names looks smaller.]"""
    ledger = true_ledger()
    lines = (f"checkpoint 100000 {base64_text(bytes(32))}", "token " + "ab" * 32)
    ledger.append(ledger.sign(ledger.next_entry("anchor", public_lines=lines)._replace(seq=200_000)))
    assert agree(write(tmp_path, honest(ledger)), known(ledger))["order"] == "B"


DAMAGE = test_auditing.DAMAGE[3::9]  # all of them take half a minute


@pytest.mark.parametrize("case", DAMAGE, ids=[case[0] for case in DAMAGE])
def test_it_agrees_on_damage_to_a_ledger_of_several_tiles(
    tmp_path: Path, case: tuple[str, Callable[[Path], object], str, str]
) -> None:
    folder = write(tmp_path, test_auditing.LONG_FILES)
    case[1](folder)
    agree(folder, test_auditing.LONG_KNOWN)


def test_it_agrees_on_tiles_that_were_outgrown_or_stand_for_others(tmp_path: Path) -> None:
    long = test_auditing.LONG
    early = {name: data for name, data in files_of(long.leaves[:300], b"").items() if name != "checkpoint"}
    agree(write(tmp_path / "outgrown", test_auditing.LONG_FILES | early), test_auditing.LONG_KNOWN)
    part = Ledger(long.origin, long.leaves[:200])
    later = files_of(long.leaves[:300], part.checkpoint())
    full = {name: later[name] for name in ("checkpoint", "tile/0/000", "tile/entries/000")}
    assert agree(write(tmp_path / "full", full), known(part))["order"] == "N"


# Whatever somebody does to a small ledger.


def edited(ledger: Ledger, edit: tuple[str, int, int]) -> list[bytes]:
    what, one, other = edit[0], edit[1] % ledger.size, edit[2] % ledger.size
    leaves = list(ledger.leaves)
    if what == "swap":
        leaves[one], leaves[other] = leaves[other], leaves[one]
    elif what == "drop":
        del leaves[one]
    elif what == "twice":
        leaves.insert(other, leaves[one])
    else:
        leaves = leaves[: one + 1]
    return leaves


EDITS = st.tuples(st.sampled_from(["swap", "drop", "twice", "cut"]), st.integers(0, 99), st.integers(0, 99))
LINKS: dict[str, Callable[[Ledger, list[bytes]], list[bytes]]] = {
    "left": lambda _, leaves: leaves,
    "mended": lambda _, leaves: unsigned(leaves),
    "signed anew": relinked,
}


@settings(max_examples=15, deadline=None)
@given(edit=EDITS, links=st.sampled_from(sorted(LINKS)), signs=st.booleans(), keeps=st.booleans())
def test_it_agrees_whatever_entries_are_moved(edit: tuple[str, int, int], links: str, signs: bool, keeps: bool) -> None:
    ledger = rich()
    leaves = LINKS[links](ledger, edited(ledger, edit)) or ledger.leaves[:1]
    files = signed_over(ledger, leaves) if signs else files_of(leaves, ledger.checkpoint(), keys_of(ledger))
    early = Ledger(ledger.origin, ledger.leaves[:8]).checkpoint()
    with TemporaryDirectory() as folder:
        agree(write(Path(folder), files), known(ledger, *([early] if keeps else [])))


@settings(max_examples=40, deadline=None)
@given(which=st.integers(0, 99), at=st.integers(0, 1 << 20), flipped=st.integers(1, 255))
def test_it_agrees_whatever_byte_is_changed(which: int, at: int, flipped: int) -> None:
    ledger = rich()
    files = rich_files()
    name = sorted(files)[which % len(files)]
    data, at = files[name], at % len(files[name])
    files = files | {name: data[:at] + bytes([data[at] ^ flipped]) + data[at + 1 :]}
    with TemporaryDirectory() as folder:
        write(Path(folder), files)
        ours, theirs = audited(Path(folder), known(ledger)), alone(Path(folder), known(ledger))
    skipped = name == "checkpoint" and at > data.rindex("—".encode())  # the ML-DSA-44 line
    if skipped:
        assert "B" in states(ours).values()
        return
    if name.startswith("tile/0"):  # an anchor's root is made of hash tiles by the program, of entries here
        assert (states(ours)["integrity"], verdicts(theirs)["integrity"]) == ("B", "B")
        return
    assert verdicts(theirs) == states(ours), (name, at, theirs.faults, findings(ours))
    assert "B" in verdicts(theirs).values()


@cache
def rich_files() -> Files:
    return honest(rich())


# Receipts.

RECEIPTS = [
    test_proving.other_record, test_proving.mistagged, test_proving.tag_of_an_old_generation,
    test_proving.by_nobody_known, test_proving.admission_left_out, test_proving.admission_of_later,
    test_proving.under_other_log_keys, test_proving.with_one_signature, test_proving.of_another_entry,
    test_proving.at_another_place, test_proving.path_cut, test_proving.of_another_vault,
]  # fmt: skip


def agree_on_proof(data: bytes, outside: Outside = test_proving.KNOWN) -> dict[str, str]:
    judge = proving.kind_of(data)
    assert judge is not None
    ours, theirs = judge(data, outside), alone_of_proof(data, outside)
    assert verdicts(theirs) == states(ours), (theirs.faults, findings(ours))
    return states(ours)


@pytest.mark.parametrize("attack", RECEIPTS, ids=lambda attack: attack.__name__)
def test_it_agrees_on_what_is_tried_with_receipts(attack: Callable[[], object]) -> None:
    assert "B" in agree_on_proof(bytes(attack())).values()  # type: ignore[call-overload]


def test_it_agrees_on_receipts_shown_in_part_and_compared() -> None:
    good = test_proving.GOOD
    hidden = replace(good, record=record.withhold(good.record, ["term.1"]), filed=())
    assert agree_on_proof(bytes(hidden))["integrity"] == "P"
    assert agree_on_proof(bytes(good), Outside())["order"] == "N"
    other = Ledger(good.proof.unverified_checkpoint.text.split("\n")[0], test_proving.LEDGER.leaves[:6])
    early = other.checkpoint()
    assert agree_on_proof(bytes(good), replace(test_proving.KNOWN, kept=(("early", early),)))["order"] == "N"
    while other.size < test_proving.LEDGER.size:
        other.disclose("another", by="m2")
    fork = replace(test_proving.KNOWN, kept=(("fork", other.checkpoint()),))
    assert agree_on_proof(bytes(good), fork)["order"] == "B"


def test_it_agrees_on_bytes_of_a_receipt() -> None:
    data = bytes(test_proving.GOOD)
    for at in range(len(b"disclosure-vault/receipt/v1\n"), data.rindex("—".encode()), 97):
        agree_on_proof(data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :])


def test_a_receipt_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "T-000001.receipt"
    path.write_bytes(bytes(test_proving.GOOD))
    code, found, said = run(path, "--fingerprint", test_proving.KNOWN.fingerprint)
    assert (code, "".join(found.values())) == (0, "PPNNN")
    assert "skipped: how terms are spelled" in said
    assert run(path)[0] == 1
    path.write_bytes(b"hello\n")
    assert run(path)[0] == 2


# Consistency proofs.


def forked(size: int) -> Ledger:
    """Another history from entry 3 on."""
    other = Ledger(test_proving.LEDGER.origin, test_proving.LEDGER.leaves[:3])
    while other.size < size:
        other.disclose("another", by="m2")
    return other


BETWEEN = test_proving.between(test_proving.EARLY, test_proving.LEDGER)
LATER = LaterLog(test_proving.LEDGER.origin)
BETWEENS: dict[str, tuple[Callable[[], Consistency], str]] = {
    "good": (lambda: BETWEEN, "PPN"),
    "with itself": (lambda: test_proving.between(test_proving.LEDGER, test_proving.LEDGER), "PPN"),
    "a fork": (lambda: test_proving.between(forked(4), test_proving.LEDGER), "PBN"),
    "another root of one size": (
        lambda: test_proving.between(forked(test_proving.LEDGER.size), test_proving.LEDGER), "PBN"
    ),
    "other hashes": (lambda: replace(BETWEEN, hashes=(bytes(32),) * 3), "PBN"),
    "no hashes": (lambda: replace(BETWEEN, hashes=()), "PBN"),
    "one hash more": (lambda: replace(BETWEEN, hashes=(*BETWEEN.hashes, bytes(32))), "PBN"),
    "one hash fewer": (lambda: replace(BETWEEN, hashes=BETWEEN.hashes[:-1]), "PBN"),
    "turned round": (lambda: replace(BETWEEN, old=BETWEEN.new, new=BETWEEN.old), "PBB"),
    "old by other keys": (lambda: replace(BETWEEN, old=LATER.sign(test_proving.EARLY.tree())), "PBN"),
    "new by other keys": (lambda: replace(BETWEEN, new=LATER.sign(test_proving.LEDGER.tree())), "PBN"),
    "a key entry left out": (lambda: replace(BETWEEN, keys=BETWEEN.keys[:1]), "PPN"),
    "no genesis": (lambda: replace(BETWEEN, keys=BETWEEN.keys[1:]), "PBB"),
    "no checkpoint": (lambda: replace(BETWEEN, old=b"hello\n"), "BNN"),
}  # fmt: skip


@pytest.mark.parametrize("name", BETWEENS)
def test_it_agrees_on_consistency_proofs(name: str) -> None:
    made, expected = BETWEENS[name]
    found = agree_on_proof(bytes(made()))
    assert found["integrity"] + found["order"] + found["origin"] == expected
    assert agree_on_proof(bytes(made()), Outside())["order"] != "P"


def test_it_judges_hashes_between_all_sizes() -> None:
    leaves = [bytes([number]) for number in range(20)]
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in leaves])
    heads = [standalone.Head("x", size, merkle.root(leaves[:size])) for size in range(21)]
    for new in heads[1:]:
        for old in heads[1 : new.size + 1]:
            hashes = list(merkle.consistency_proof(old.size, new.size, node))
            standalone.check_prefix(old, new, hashes)
            for other in ([*hashes, new.root], hashes[:-1] or [old.root], [old.root, *hashes], hashes[::-1]):
                assert other == hashes or refuses(standalone.check_prefix, old, new, other)
            assert refuses(standalone.check_prefix, old, new._replace(root=bytes(32)), hashes)
            assert refuses(standalone.check_prefix, old._replace(root=bytes(32)), new, hashes)
            assert old == new or refuses(standalone.check_prefix, new, old, hashes)
        assert refuses(standalone.check_prefix, heads[0], new, [])


def test_it_agrees_on_checkpoints_kept_beside_a_consistency_proof() -> None:
    for kept, expected in [
        (test_proving.LEDGER, "P"),
        (test_proving.EARLY, "P"),
        (forked(4), "B"),
        (Ledger(test_proving.LEDGER.origin, test_proving.LEDGER.leaves[:6]), "N"),
    ]:
        brought = replace(test_proving.KNOWN, kept=(("mine", kept.checkpoint()),))
        assert agree_on_proof(bytes(BETWEEN), brought)["order"] == expected


# Completeness proofs. No auditor is known to the file, so the program is given no policy.

LISTED = Outside(test_completing.LEDGER.fingerprint.hex())
LISTS = [
    test_completing.an_entry_left_out, test_completing.all_entries_left_out, test_completing.an_entry_put_in,
    test_completing.an_entry_exchanged, test_completing.an_entry_of_another_ledger,
    test_completing.a_generation_left_out, test_completing.a_rotation_left_out_with_its_generation,
    test_completing.an_older_index, test_completing.an_index_that_is_not_the_last_leaf,
    test_completing.the_proof_of_another_term, test_completing.the_path_of_another_term,
    test_completing.a_list_of_another_ledger, test_completing.a_checkpoint_of_another_size,
    test_completing.an_index_by_a_recorder, test_completing.a_removal_left_out,
    test_completing.signed_by_who_has_left, test_completing.under_other_log_keys,
    test_completing.no_disclosures_counted,
]  # fmt: skip


@pytest.mark.parametrize("attack", LISTS, ids=lambda attack: attack.__name__)
def test_it_agrees_on_what_is_tried_with_lists(attack: Callable[[], Completeness]) -> None:
    assert "B" in agree_on_proof(bytes(attack()), LISTED).values()


def test_a_list_is_the_owners_word_to_a_program_that_knows_no_auditor() -> None:
    for terms in [(lists.GANZHOU,), (lists.NOBODY,), (lists.GANZHOU, lists.OTHER, lists.NAME, lists.NOBODY)]:
        data = bytes(lists.complete(test_completing.LEDGER, *terms))
        assert "".join(agree_on_proof(data, LISTED).values()) == "PPNNN"
        assert "".join(agree_on_proof(data, Outside()).values()) == "PNNNN"
    theirs = alone_of_proof(bytes(test_completing.GOOD), LISTED)
    assert any("no auditor is known to this program" in what for what in theirs.verdict("completeness")[1])
    assert "'party:lei:529900T8BM49AURSDO55': 2 disclosure, 4 disclosure, 6 disclosure, 7 corr" in theirs.remarks[0]
    assert agree_on_proof(bytes(test_completing.GOOD), Outside("00" * 32))["completeness"] == "B"


def test_it_agrees_on_lists_of_other_ledgers() -> None:
    """One index key; an index that lacks an entry; no disclosure; a member revoked; a key that nothing is under."""
    (empty, revoked, rotated), plain = (Ledger.founded(), continued(), continued()), lists.ledger(rotated=False)
    lists.indexed(empty)
    revoked.change_keys("revoke m2 6")
    lists.indexed(revoked)
    rotated.change_keys(vrf_line(3))
    rotated.generation = 3
    lists.indexed(rotated)
    for made, expected in [(plain, "PPNNN"), (empty, "PNNNN"), (revoked, "PPNNN"), (rotated, "PPNNN")]:
        data = bytes(lists.complete(made, lists.GANZHOU, lists.NOBODY))
        assert "".join(agree_on_proof(data, known(made)).values()) == expected
    lacking = lists.indexed(continued(), lacking=[4])
    data = bytes(lists.complete(lacking, lists.GANZHOU, lacking=[4]))
    assert "".join(agree_on_proof(data, known(lacking)).values()) == "PPNNN"


def test_it_names_entries_of_a_member_who_was_revoked() -> None:
    made = continued()
    made.change_keys("revoke m2 6")
    theirs = alone_of_proof(bytes(lists.complete(lists.indexed(made), lists.GANZHOU)), known(made))
    told = [what for _, _, what in theirs.faults if "revoked" in what]
    assert told == [f"entry {seq}: its signer m2 was revoked later" for seq in (6, 7)]


def test_it_agrees_on_proofs_of_terms_out_of_order_or_of_no_generation() -> None:
    one, two = test_completing.GOOD.proofs
    other = lists.complete(test_completing.LEDGER, lists.OTHER).proofs
    three = lists.term_proof(test_completing.LEDGER, lists.GANZHOU, 3)
    for proofs, expected in [
        ((two, one), "BNNNN"),
        ((*other, one, two), "BNNNN"),
        ((one, one, two), "BNNNN"),
        ((two,), "BNNNN"),
        ((), "BNNNN"),
        ((one, two, three), "PPNNB"),
    ]:
        data = bytes(replace(test_completing.GOOD, proofs=proofs))
        assert "".join(agree_on_proof(data, LISTED).values()) == expected


def test_it_agrees_on_an_index_before_what_is_listed() -> None:
    """By who could sign it then and has left since: of the wrong place, not of the wrong signer."""
    made = Ledger.founded()
    made.change_keys(member_line("m2", "custodian"))
    lists.indexed(made)
    made.change_keys("remove m1", by="m2")
    made.record("disclosure", [("purpose", "audit")], [lists.GANZHOU], by="m2")
    lists.indexed(made, by="m2")
    (old,) = lists.placed(made, [2])
    data = bytes(replace(lists.complete(made, lists.GANZHOU), index=old))
    assert "".join(agree_on_proof(data, known(made)).values()) == "PPNNB"


def continued() -> Ledger:
    """That of the lists before its index."""
    return Ledger(leaves=test_completing.LEDGER.leaves[:-1], generation=2)


def test_it_agrees_on_checkpoints_kept_beside_a_list() -> None:
    other = continued()
    other.disclose(by="m2")
    early = Ledger(leaves=test_completing.LEDGER.leaves[:4])
    for kept, expected in [(test_completing.LEDGER, "P"), (early, "N"), (other, "B")]:
        brought = replace(LISTED, kept=(("mine", kept.checkpoint()),))
        assert agree_on_proof(bytes(test_completing.GOOD), brought)["order"] == expected


@pytest.mark.parametrize("made", [BETWEEN, test_completing.GOOD], ids=["consistency", "completeness"])
def test_it_agrees_on_bytes_of_proofs(made: Consistency | Completeness) -> None:
    """But of an ML-DSA-44 line, and of a term: how it is spelled is skipped, so they differ in what is BROKEN."""
    data = bytes(made)
    ml_dsa, terms, cosigned = (
        {at for found in re.finditer(pattern, data) for at in range(*found.span(1))}
        for pattern in (rb"(PFNVY.{3000,}\n)", rb"\nterm (party.*)\n", rb"(\n\S+ auditor.*\n)")
    )
    assert ml_dsa
    for at in sorted({*range(data.index(b"\n") + 1, len(data), 61)} - ml_dsa):
        changed = data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :]
        if at in terms:
            assert "B" in verdicts(alone_of_proof(changed, LISTED)).values(), at
        else:
            assert "B" in agree_on_proof(changed, LISTED).values() or at in cosigned, at


def test_it_judges_index_proofs_as_the_vectors_say() -> None:
    for case in vectors.read("index"):
        spelling = case["name"] == "a term in another spelling"  # skipped, and said so
        if not spelling:
            assert refuses(judge_index_proof, case) == (case["expect"] == "reject"), case["name"]


def judge_index_proof(case: vectors.Case) -> None:
    """What a verifier does who knows the checkpoint and asks for one term or tag."""
    entries = [standalone.read_entry(text.encode()) for text in case["entries"]]
    index, asked = entries[case["index"]], case["asked"]
    if index.kind != "index" or index.seq + 1 != case["size"] or index.origin != ORIGIN:
        standalone.refuse("no index that counts")
    under = standalone.read_under(case["proof"].encode())
    if ":" in asked:
        alpha = f"disclosure-vault/term/v1\n{under.term}".encode()
        if (under.term, under.generation) != (asked, 1):
            standalone.refuse("another term or generation")
        if standalone.vrf_output(b64decode(case["vrf"]), alpha, under.vrf)[:32] != under.tag:
            standalone.refuse("another tag")
    elif base64_text(under.tag) != asked:
        standalone.refuse("another tag")
    standalone.check_under(under, index.head("index")[1], [entries[seq] for seq in case["listed"]])


def test_a_list_and_a_consistency_proof_by_themselves(tmp_path: Path) -> None:
    path = tmp_path / "proof"
    path.write_bytes(bytes(test_completing.GOOD))
    code, found, said = run(path, "--fingerprint", LISTED.fingerprint)
    assert (code, "".join(found.values())) == (1, "PPNNN")
    assert "the owner's index says of 'party:lei:529900T8BM49AURSDO55': 2 disclosure" in said
    assert "skipped: auditors: none is known to this program" in said
    assert run(path, "--fingerprint", LISTED.fingerprint, "--require", "integrity,order")[0] == 0
    path.write_bytes(bytes(BETWEEN))
    code, found, _ = run(path, "--fingerprint", test_proving.KNOWN.fingerprint)
    assert (code, "".join(found.values())) == (0, "PPNNN")


# Time.


class Stamped:
    """A ledger whose checkpoint was stamped, in files."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder, self.ledger, self.files = folder, ledger, Files()

    def stamp(self, tsa: Authority, **time: object) -> str:
        """Stamp the ledger as it is, and enter the token."""
        size, signed = self.ledger.size, self.ledger.checkpoint()
        token = tsa.stamp(signed, **time)  # type: ignore[arg-type]
        digest = sha256(token).hexdigest()
        self.files |= {f"anchors/{size}/checkpoint": signed, f"anchors/{size}/{digest}.tsr": token}
        root = base64_text(merkle.root(self.ledger.leaves))
        self.ledger.public("anchor", f"checkpoint {size} {root}", f"token {digest}")
        return f"anchors/{size}/{digest}.tsr"

    def agree(self, *tsas: Authority) -> str:
        """The verdict on time by both."""
        write(self.folder, honest(self.ledger) | self.files)
        roots = tuple(tsa.root.der for tsa in tsas)
        ours = audited(self.folder, replace(known(self.ledger), tsa_roots=roots))
        theirs = alone(self.folder, known(self.ledger), [tsa.folder / "root.pem" for tsa in tsas])
        assert verdicts(theirs) == states(ours), (theirs.faults, theirs.skipped, findings(ours))
        return states(ours)["time"]


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def silent_tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another root, and no stated accuracy."""
    return Authority(tmp_path_factory.mktemp("other"), accuracy="", name="Other")


@pytest.fixture
def stamped(tmp_path: Path) -> Stamped:
    return Stamped(tmp_path / "ledger", true_ledger())


def test_it_proves_time_by_openssl(stamped: Stamped, tsa: Authority, silent_tsa: Authority) -> None:
    stamped.stamp(tsa)
    stamped.stamp(silent_tsa)
    assert stamped.agree(tsa) == stamped.agree(silent_tsa) == stamped.agree(tsa, silent_tsa) == "P"
    assert stamped.agree() == "N"
    roots = [word for one in (tsa, silent_tsa) for word in ("--tsa-root", one.folder / "root.pem")]
    code, found, said = run(
        stamped.folder, "--fingerprint", stamped.ledger.fingerprint.hex(), "--require", "time", *roots
    )
    assert (code, found["time"]) == (0, "P")
    assert "time stamps" not in said
    (der := tsa.folder / "root.der").write_bytes(tsa.root.certificate.public_bytes(Encoding.DER))
    assert alone(stamped.folder, known(stamped.ledger), [der]).verdict("time")[0] == "PROVEN"


def test_an_authority_that_is_not_the_verifiers_counts_for_nothing(
    stamped: Stamped, tsa: Authority, silent_tsa: Authority
) -> None:
    stamped.stamp(tsa)
    assert stamped.agree(silent_tsa) == "N"


def test_what_no_stamp_covers_is_not_proven(stamped: Stamped, tsa: Authority) -> None:
    stamped.stamp(tsa)
    stamped.ledger.disclose(by="m2")
    assert stamped.agree(tsa) == "N"


def test_files_of_an_anchor_that_lack_or_lie(stamped: Stamped, tsa: Authority) -> None:
    token = stamped.stamp(tsa)
    good = stamped.files
    for name, data, expected in [
        (token, good[token][:-1] + bytes([good[token][-1] ^ 1]), "B"),  # another hash
        ("anchors/7/checkpoint", stamped.ledger.checkpoint(), "B"),  # another size
        ("anchors/7/checkpoint", TRUE.checkpoint(), "B"),  # another signing of the same head
        ("anchors/7/checkpoint", b"", "B"),
        (token, bytes(65_537), "B"),  # more than any token has
        (token, bytes(1 << 19), "B"),
    ]:
        stamped.files = good | {name: data}
        assert stamped.agree(tsa) == expected, name
    stamped.files = good
    for name in (token, "anchors/7/checkpoint"):
        assert stamped.agree(tsa) == "P"
        stamped.files = {other: data for other, data in good.items() if other != name}
        (stamped.folder / name).unlink()
        assert stamped.agree(tsa) == "N", name
        stamped.files = good


def test_a_token_with_other_certificates_or_no_right_to_stamp(stamped: Stamped, tsa: Authority) -> None:
    size, signed = stamped.ledger.size, stamped.ledger.checkpoint()
    token = tsa.lying(tsa.stamp(signed), by=tsa.middle)  # no certificate for stamping
    digest = sha256(token).hexdigest()
    stamped.files = {f"anchors/{size}/checkpoint": signed, f"anchors/{size}/{digest}.tsr": token}
    stamped.ledger.public("anchor", f"checkpoint {size} {base64_text(TRUE.tree().root)}", f"token {digest}")
    assert stamped.agree(tsa) == "B"


def test_two_tokens_that_contradict_each_other_are_broken(stamped: Stamped, tsa: Authority) -> None:
    """[A TSA that backdates.]"""
    stamped.stamp(tsa, time=ago(hours=1))
    stamped.ledger.disclose(by="m2")
    stamped.stamp(tsa, time=ago(hours=5))
    assert stamped.agree(tsa) == "B"


def test_a_token_counts_until_its_chain_ends_unless_renewed_before(tmp_path: Path, tsa: Authority) -> None:
    """[Who gets hold of the key of a TSA that ended long ago stamps what he likes with old dates.]"""
    ended = Authority(tmp_path / "ended", name="Ended", life=Life(last=ago(days=10)))
    stamped = Stamped(tmp_path / "ledger", true_ledger())
    stamped.stamp(ended, time=ago(days=30))
    assert stamped.agree(ended) == "N"
    stamped.stamp(tsa, time=ago(days=20))
    assert stamped.agree(ended, tsa) == "P"
    late = Stamped(tmp_path / "late", true_ledger())
    late.stamp(ended, time=ago(days=30))
    late.ledger.disclose(by="m2")
    late.stamp(tsa, time=ago(days=5))
    assert late.agree(ended, tsa) == "P"  # the late one covers all; the early one counts no more
    said = alone(late.folder, known(late.ledger), [tsa.folder / "root.pem", ended.folder / "root.pem"])
    assert ago(days=5).strftime("%Y-%m-%d") in said.shown["time"]


MOMENTS = [ago(days=days) for days in range(40, 0, -1)]
TOKENS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)), max_size=6
)


@settings(max_examples=150, deadline=None)
@given(tokens=TOKENS)
def test_it_agrees_on_which_tokens_count(tokens: list[tuple[int, int, datetime, datetime]]) -> None:
    now = ago()
    tokens = [(seq, min(seq, size), time, max(time, until)) for seq, size, time, until in tokens]
    theirs = [standalone.Stamp(seq, size, time, time, until_then(until)) for seq, size, time, until in tokens]
    found = standalone.counted(theirs, now)
    ours = counted([Anchor(seq, size, time, time, until) for seq, size, time, until in tokens], now)
    assert sorted((one.seq, one.size, one.last) for one in found) == sorted((o.seq, o.size, o.last) for o in ours)


def until_then(until: datetime) -> Callable[[datetime], str]:
    """What openssl says of a token whose chain ends then."""
    return lambda at: "" if at <= until else "certificate has expired"
