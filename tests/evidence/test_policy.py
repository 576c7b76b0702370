"""The verifier's policy: what is one, whose cosignatures count, and what a quorum makes of them."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import shared_data, vectors
from tests.evidence.mutations import mutations
from tests.evidence.signers import Log, MlDsaSigner, Signer, witness
from tests.vectors import example, generate_policies, generate_witness
from vault.evidence import note, policy, quorum
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import ED25519_COSIGNATURE, Key, Note, Signature
from vault.evidence.policy import Policy
from vault.evidence.strict import Malformed

LOG = Log("magnets.example/disclosures")
TREE = Checkpoint(LOG.origin, 7, sha256(b"seven").digest())
W1, W2 = witness("witness.example/w1"), MlDsaSigner("witness.example/w2", "w2")
TIME = 1_790_000_000
FILES: dict[str, Callable[[], str]] = {"policies": generate_policies.build, "witness-requests": generate_witness.build}


def note_with(*signatures: Signature) -> Note:
    return Note(TREE.text, (*note.parse(LOG.sign(TREE)).unverified_signatures, *signatures))


def policy_of(*lines: str, head: str = "") -> Policy:
    text = f"{policy.FORMAT}\nfingerprint {'ab' * 32}\n{head}\n" + "".join(f"{line}\n" for line in lines)
    return policy.parse(text.encode())


BOTH = policy_of(f"witness w1 {W1.key}", f"witness w2 {W2.key}", "group both all w1 w2", "quorum both")


@pytest.mark.parametrize(("name", "build"), FILES.items(), ids=FILES)
def test_generator_writes_what_is_committed(name: str, build: Callable[[], str]) -> None:
    assert build() == vectors.committed(name)
    cases = vectors.read(name)
    rejected = [case for case in cases if case["expect"] == "reject"]
    assert len(rejected) > len(cases) - len(rejected)
    assert all(case["why"] for case in rejected)
    assert len({case["name"] for case in cases}) == len(cases)


@pytest.mark.parametrize("case", vectors.read("policies"), ids=lambda case: case["name"])
def test_own_vectors(case: vectors.Case) -> None:
    data = case["policy"].encode()
    if case["expect"] == "reject":
        with pytest.raises(Malformed, match=r"^policy"):
            policy.parse(data)
        return
    read = policy.parse(data)
    assert bytes(read) == data
    judged = read.judge(note.parse(case["checkpoint"].encode()))
    assert [one.name for one in judged.witnesses] == case["witnesses"]
    assert [one.name for one in judged.auditors] == case["auditors"]
    assert judged.quorum_time == case["complete"]
    assert case["missing"] in " ".join(judged.missing)
    assert bool(case["missing"]) == bool(judged.missing)


def test_example_log_meets_its_policy() -> None:
    folder = shared_data("tlog-example")
    text = (folder / "policy.txt").read_text()
    read = policy.parse(f"{policy.FORMAT}\nfingerprint {'00' * 32}\n\n{text}".encode())
    judged = read.judge(note.parse((folder / "checkpoint").read_bytes()))
    assert judged.missing == ()
    assert judged.caution == ""
    assert [(one.name, one.time) for one in judged.witnesses] == [("w1", TIME)]
    assert [str(key) for key in judged.logs] == [(folder / "log.vkey").read_text().strip()]
    unseen = read.judge(note.parse((folder / "checkpoint.256").read_bytes()))
    assert unseen.missing == ("the quorum w1 is not met by any cosignature",)


def test_example_of_the_format_is_the_policy_of_the_example_ledger() -> None:
    blocks = example.read_blocks((example.FORMATS / "policy.md").read_text("utf-8"))
    read = policy.parse(blocks["policy"].encode())
    assert read.fingerprint == example.ledger().fingerprint
    judged = read.judge(note.parse(blocks["cosigned"].encode()), [example.ledger().log.ed25519.key])
    assert (judged.missing, judged.caution) == ((), "")
    assert judged.checkpoint == example.ledger().tree()
    assert [one.name for one in judged.witnesses] == ["counsel"]
    assert [one.name for one in judged.auditors] == ["witness.example/counsel"]


def test_both_kinds_of_cosignature_count() -> None:
    judged = BOTH.judge(note_with(W1.cosign(TREE.text, TIME + 5), W2.cosign(TREE.text, TIME)))
    assert [(one.name, one.time) for one in judged.witnesses] == [("w1", TIME + 5), ("w2", TIME)]
    assert (judged.missing, judged.earliest, judged.quorum_time) == ((), TIME, TIME + 5)


@pytest.mark.parametrize("signer", [W1, W2], ids=["Ed25519", "ML-DSA-44"])
def test_known_key_whose_signature_fails_refuses_the_whole_note(signer: Signer | MlDsaSigner) -> None:
    elsewhere = Checkpoint(LOG.origin, 8, TREE.root)
    with pytest.raises(Malformed, match="cosignature of witness"):
        BOTH.judge(note_with(signer.cosign(elsewhere.text, TIME)))


def test_failing_signature_of_a_listed_log_refuses_the_whole_note() -> None:
    listed = policy_of(f"log {LOG.ed25519.key}", "quorum none")
    forged = Note(TREE.text, (LOG.ed25519.sign(Checkpoint(LOG.origin, 8, TREE.root).text),))
    with pytest.raises(Malformed, match="magnets"):
        listed.judge(forged)
    assert listed.judge(note_with()).logs == (LOG.ed25519.key,)


def test_unknown_keys_are_ignored_whatever_they_sign() -> None:
    stranger = witness("stranger.example/w")
    garbage = Signature("witness.example/w1", stranger.key.id, bytes(72))
    judged = BOTH.judge(note_with(stranger.cosign(TREE.text, TIME), garbage))
    assert judged.witnesses == ()


def test_log_is_no_witness_of_itself_under_its_own_name() -> None:
    read = policy_of(f"witness w {LOG.ml_dsa.key}", "quorum w", head=f"auditor {LOG.ml_dsa.key}\n")
    judged = read.judge(note_with())
    assert (judged.witnesses, judged.auditors) == ((), ())
    assert ("w", "it is the log's own key") in judged.set_aside
    assert judged.missing


@pytest.mark.parametrize("kind", ["Ed25519", "ML-DSA-44"])
def test_log_is_no_witness_of_itself_under_another_name(kind: str) -> None:
    word = f"test log {'ML-DSA ' if kind == 'ML-DSA-44' else ''}{LOG.origin}"
    name = "independent.example/w"
    poser = Signer(name, word, ED25519_COSIGNATURE) if kind == "Ed25519" else MlDsaSigner(name, word)
    read = policy_of(f"witness w {poser.key}", "quorum w")
    cosigned = note_with(poser.cosign(TREE.text, TIME))
    assert read.judge(cosigned, [LOG.ed25519.key, LOG.ml_dsa.key]).missing
    assert read.judge(cosigned).witnesses, "a policy without the log's keys cannot know"


def test_cosignature_of_time_0_says_nothing_and_does_not_count() -> None:
    judged = policy_of(f"witness w2 {W2.key}", "quorum w2").judge(note_with(W2.cosign(TREE.text, 0)))
    assert judged.missing
    assert judged.set_aside[0][0] == "w2"


def test_no_quorum_is_met_and_says_what_was_not_ruled_out() -> None:
    judged = policy_of("quorum none").judge(note_with())
    assert (judged.missing, judged.caution) == ((), "a second history was not ruled out")


def test_same_key_by_an_older_and_a_younger_line_counts_once_with_the_older() -> None:
    twice = note_with(W1.cosign(TREE.text, TIME + 9), W1.cosign(TREE.text, TIME))
    (one,) = BOTH.judge(twice).witnesses
    assert one.time == TIME


def test_checkpoint_of_another_log_is_not_signed_by_the_policy_s_log() -> None:
    other = Log("magnets.example/other")
    read = policy_of(f"log {LOG.ed25519.key}", "quorum none")
    judged = read.judge(note.parse(other.sign(Checkpoint(other.origin, 7, TREE.root))))
    assert judged.missing == ("no log of the policy signed it",)


def test_errors_name_the_line() -> None:
    with pytest.raises(Malformed, match=r"^p, line 5: expected log, witness, group"):
        policy.parse(f"{policy.FORMAT}\nfingerprint {'ab' * 32}\n\nquorum none\nwitnes\n".encode(), "p")
    with pytest.raises(Malformed, match=r"^p, line 3: "):
        policy.parse(f"{policy.FORMAT}\nfingerprint {'ab' * 32}\nauditor x\n\nquorum none\n".encode(), "p")


def test_32_of_each_are_taken_and_a_chain_of_256_groups_is_counted() -> None:
    witnesses = [f"witness w{n} {witness(f'w.example/{n}').key}" for n in range(32)]
    logs = [f"log {Log(f'log.example/{n}').ed25519.key}" for n in range(32)]
    groups = ["group g0 any w0", *(f"group g{n} all g{n - 1}" for n in range(1, 256))]
    read = quorum.parse("\n".join([*logs, *witnesses, *groups, "quorum g255\n"]))
    assert (len(read.logs), len(read.witnesses), len(read.groups)) == (32, 32, 256)
    assert read.is_met_by({"w0"})
    assert not read.is_met_by({"w1", "g0", "g255"}), "a group's name is no witness"
    with pytest.raises(Malformed, match="at most 256"):
        quorum.parse("\n".join([*logs, *witnesses, *groups, "group g256 all g255", "quorum g255\n"]))


def test_composed_policy_reads_as_what_was_asked_for() -> None:
    wanted = [quorum.Wanted("w1", (W1.key,)), quorum.Wanted("w2", (W2.key,), "https://w2.example/")]
    keys: list[Key] = [LOG.ed25519.key, LOG.ml_dsa.key]
    read = quorum.parse(quorum.compose(keys, wanted, "1"))
    assert [party.key for party in read.logs] == keys
    assert [(one.name, one.key, one.url) for one in read.witnesses] == [
        ("w1", W1.key, ""),
        ("w2", W2.key, "https://w2.example/"),
    ]
    assert read.is_met_by({"w2"})
    assert not read.is_met_by(())
    assert quorum.parse(quorum.compose(keys, wanted[:1])).rule == "w1"
    assert quorum.parse(quorum.compose(keys, [])).rule == "none"
    with pytest.raises(Malformed):
        quorum.compose(keys, wanted, "3")


def test_two_keys_of_one_witness_count_once_in_a_composed_policy() -> None:
    both = quorum.Wanted("w1", (W1.key, MlDsaSigner(W1.name, "second key").key))
    read = quorum.parse(quorum.compose([], [both, quorum.Wanted("w2", (W2.key,))], "2"))
    assert not read.is_met_by({"w1.1", "w1.2"})
    assert read.is_met_by({"w1.2", "w2"})


@settings(max_examples=200)
@given(st.data())
def test_changed_policy_is_refused_or_read_as_what_it_says(choices: st.DataObject) -> None:
    data = vectors.read("policies")[0]["policy"].encode()
    changed = choices.draw(mutations(data).filter(lambda found: found != data))
    try:
        read = policy.parse(changed)
    except Malformed:
        return
    assert bytes(read) == changed
