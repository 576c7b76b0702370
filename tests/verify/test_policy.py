"""What each thing that a verifier brings is worth, for a vault, its ledger in tile form and a receipt of it.

`ledger`, `vault`, `receipt` of one history: a time stamp under a true root, cosigned by w1 and w2, of whom w2 audits.
Five letters are the verdicts in their order: integrity, order, origin, time, completeness.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.anchoring.authority import Authority
from tests.anchoring.conftest import rsa_tsa, tsa  # noqa: F401 - fixtures
from tests.anchoring.test_times import enter
from tests.evidence.ledgers import Ledger
from tests.evidence.signers import Log, Signer, witness
from tests.vault.checking.test_index import index_line
from tests.vault.conftest import filled, identity  # noqa: F401 - fixtures
from tests.vault.machine import ORIGIN, Machine, fill, found, spoken
from tests.verify.folders import filled as filled_ledger
from tests.verify.folders import honest, write
from tests.witness.test_auditing import index
from vault import proving as receipts
from vault import publishing
from vault.archive import Archive
from vault.checking import steps
from vault.evidence import merkle
from vault.evidence import note as notes
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import ED25519_COSIGNATURE, Key, Note, Signature
from vault.evidence.policy import Policy
from vault.evidence.quorum import parse as parse_quorum
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
from vault.verify.auditing import audit
from vault.verify.outside import Outside
from vault.verify.proving import judge_receipt
from vault.verify.report import Report
from vault.verify.sources import FolderSource

TIME = int(time.time()) + 3
W1, W2, STRANGER = witness("w1.example"), witness("w2.example"), witness("stranger.example")
FORMS = ("ledger", "vault", "receipt")


@dataclass(frozen=True)
class History:
    """One history in its three forms; `note` is its newest checkpoint."""

    archive: Archive
    folder: Path
    roots: tuple[bytes, ...]

    @property
    def note(self) -> bytes:
        return (self.folder / "checkpoint").read_bytes()

    def keep(self, note: bytes) -> None:
        """Put this in place of the newest checkpoint, wherever it is."""
        size = int(note.split(b"\n")[1])
        with self.archive.ledger.appending():
            self.archive.ledger.put_checkpoint(size, note, keep=True)
        (self.folder / "checkpoint").write_bytes(note)

    def report(self, form: str, outside: Outside) -> Report:
        if form == "ledger":
            return audit(FolderSource(self.folder), outside).report
        if form == "vault":
            return steps.check(self.archive, outside=outside)
        return judge_receipt(bytes(receipts.receipt(self.archive, 1)), outside).report

    def policy(self, *, quorum: str = "none", auditors: tuple[Key, ...] = (), roots: tuple[bytes, ...] = ()) -> Policy:
        lines = [f"log {self.archive.history.log.ed25519}", f"witness w1 {W1.key}", f"witness w2 {W2.key}"]
        lines += [f"witness w3 {STRANGER.key}", "group both all w1 w2", f"quorum {quorum}"]
        quorums = parse_quorum("".join(f"{line}\n" for line in lines))
        return Policy(bytes.fromhex(self.archive.fingerprint), auditors, roots, quorums)


def cosigned(note: bytes, *signers: Signer, at: int | None = None) -> bytes:
    """Now, a little on, unless `at` another time: not before the stamps that were made by then."""
    read, at = notes.parse(note), int(time.time()) + 3 if at is None else at
    return bytes(Note(read.text, (*read.unverified_signatures, *(one.cosign(read.text, at) for one in signers))))


def made(machine: Machine, tsa: Authority) -> History:  # noqa: F811
    archive = machine.open()
    note = archive.checkpoint()
    enter(archive, tsa.stamp(note), note)
    archive.append([spoken("more")])
    history = History(archive, machine.folder / "export", tsa.roots)
    archive.checkpoint()
    publishing.publish(archive, history.folder)
    history.keep(cosigned(history.note, W1, W2))
    return history


@pytest.fixture(scope="module")
def shared(filled: Machine, tsa: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:  # noqa: F811
    """To be read only."""
    history = made(filled.copied(tmp_path_factory.mktemp("policy") / "machine"), tsa)
    yield history
    history.archive.database.close()


@pytest.fixture
def own(filled: Machine, tsa: Authority, tmp_path: Path) -> Iterator[History]:  # noqa: F811
    """To be spoiled."""
    history = made(filled.copied(tmp_path / "machine"), tsa)
    yield history
    history.archive.database.close()


def letters(report: Report) -> str:
    said = {State.PROVEN: "P", State.NOT_PROVEN: "N", State.BROKEN: "B"}
    return "".join(said[report.state(verdict)] for verdict in Verdict)


def expected(form: str, fingerprint: str, quorum: str, auditor: str, tsas: str) -> str:
    """evidence.md section 7, written down once more."""
    right = fingerprint == "right"
    order = "B" if not right else "P" if quorum in ("met", "none") else "N"
    origin = "B" if not right else "N" if form == "receipt" else "P"
    timed = "P" if form != "receipt" and quorum == "met" else "N"  # the stamp is over the first of the two checkpoints
    complete = "P" if right and (form == "ledger" or (form == "vault" and auditor == "who cosigned")) else "N"
    return f"P{order}{origin}{timed}{complete}"


QUORUMS = {"met": "both", "one of them": "w1", "not met": "w3", "none": "none"}
AUDITORS = {"nobody": (), "who cosigned": (W2.key,), "who did not": (STRANGER.key,)}
CASES = list(product(FORMS, ("right", "wrong"), ("met", "not met", "none"), AUDITORS, ("roots", "no roots")))


@pytest.mark.parametrize("case", CASES, ids=map("-".join, CASES))
def test_matrix(shared: History, case: tuple[str, str, str, str, str]) -> None:
    form, fingerprint, quorum, auditor, tsas = case
    roots = shared.roots if tsas == "roots" else ()
    policy = shared.policy(quorum=QUORUMS[quorum], auditors=AUDITORS[auditor], roots=roots)
    if fingerprint == "wrong":
        policy = replace(policy, fingerprint=bytes(32))
    report = shared.report(form, Outside(policy=policy))
    assert letters(report) == expected(*case), {v: report.why(v) for v in Verdict}


class TestCosignatures:
    """What is cosigned, by whom, over what."""

    @pytest.mark.parametrize("form", FORMS)
    def test_forged_one_of_a_known_witness_refuses_the_whole_checkpoint(self, own: History, form: str) -> None:
        read = notes.parse(own.note)
        lines = [
            Signature(one.name, one.key_id, bytes(len(one.value))) if one.name == W1.name else one
            for one in read.unverified_signatures
        ]
        own.keep(bytes(Note(read.text, tuple(lines))))
        report = own.report(form, Outside(policy=own.policy(quorum="w2", auditors=(W2.key,))))
        assert letters(report)[1] == "B"
        assert letters(report)[3:] == "NN"
        assert "w1.example" in report.why(Verdict.ORDER)

    @pytest.mark.parametrize("form", FORMS)
    def test_of_a_stranger_to_the_policy_says_nothing(self, own: History, form: str) -> None:
        read = notes.parse(own.note)
        own.keep(cosigned(bytes(Note(read.text, read.unverified_signatures[:2])), witness("nobody.example")))
        report = own.report(form, Outside(policy=own.policy(quorum="w1")))
        assert letters(report)[1] == "N"
        assert "the quorum w1 is not met by any cosignature" in report.why(Verdict.ORDER)

    @pytest.mark.parametrize("form", ["ledger", "vault"])
    def test_under_another_tree_says_nothing_of_this_one(self, own: History, form: str) -> None:
        """The log signs a second root of that size, and the witnesses were shown that one."""
        size = own.archive.ledger.size()
        second = Checkpoint(own.archive.config.origin, size, bytes(32))
        log = own.archive.secrets.log
        assert log is not None
        own.keep(cosigned(log.sign(second, TIME), W1, W2))
        report = own.report(form, Outside(policy=own.policy(quorum="both", auditors=(W2.key,))))
        assert letters(report)[1] == "B"
        assert letters(report)[3:] == "NN"

    @pytest.mark.parametrize("form", FORMS)
    def test_of_the_log_itself_does_not_count(self, shared: History, form: str) -> None:
        log = shared.archive.history.log.ml_dsa
        quorums = parse_quorum(f"witness w1 {log}\nquorum w1\n")
        policy = Policy(bytes.fromhex(shared.archive.fingerprint), (log,), shared.roots, quorums)
        report = shared.report(form, Outside(policy=policy))
        assert letters(report) in ("PNPNP", "PNPNN", "PNNNN")
        assert letters(report)[4] == ("P" if form == "ledger" else "N")
        assert any("it is the log's own key" in remark for remark in report.remarks)

    def test_of_a_log_key_that_was_rotated_away_does_not_count(self, tmp_path: Path) -> None:
        ledger = filled_ledger(2)
        early = ledger.log.ed25519
        ledger.change_log()
        posing = Signer("w1.example", early.word, ED25519_COSIGNATURE)
        quorums = parse_quorum(f"witness w1 {posing.key}\nquorum w1\n")
        folder = write(tmp_path, honest(ledger) | {"checkpoint": cosigned(ledger.checkpoint(), posing)})
        found = audit(FolderSource(folder), Outside(policy=Policy(ledger.fingerprint, (), (), quorums)))
        assert letters(found.report) == "PNPNN"

    def test_key_that_is_two_witnesses_makes_no_policy(self) -> None:
        with pytest.raises(Malformed, match="a key that no line before has"):
            parse_quorum(f"witness w1 {W1.key}\nwitness w2 {W1.key}\ngroup g all w1 w2\nquorum g\n")

    @pytest.mark.parametrize("at", [0, 1 << 62])
    @pytest.mark.parametrize("form", FORMS)
    def test_of_an_impossible_time_does_not_count(self, own: History, form: str, at: int) -> None:
        read = notes.parse(own.note)
        own.keep(cosigned(bytes(Note(read.text, read.unverified_signatures[:2])), W1, W2, at=at))
        report = own.report(form, Outside(policy=own.policy(quorum="w1", auditors=(W2.key,))))
        assert letters(report)[1] == "N"
        assert (letters(report)[3], letters(report)[4]) == ("N", "P" if form == "ledger" else "N")


class TestTime:
    @pytest.mark.parametrize("form", ["ledger", "vault"])
    def test_is_that_at_which_the_quorum_was_complete(self, own: History, form: str) -> None:
        """[One of two who count together back-dates by ten years.]"""
        read = notes.parse(own.note)
        plain = bytes(Note(read.text, read.unverified_signatures[:2]))
        own.keep(cosigned(cosigned(plain, W1, at=TIME - 315_360_000), W2))
        both = own.report(form, Outside(policy=own.policy(quorum="both")))
        assert str(datetime.fromtimestamp(TIME + 60, UTC).date()) in both.why(Verdict.TIME)
        one = own.report(form, Outside(policy=own.policy(quorum="w2")))
        assert one.why(Verdict.TIME) == both.why(Verdict.TIME)

    @pytest.mark.parametrize("form", ["ledger", "vault"])
    def test_is_proven_by_a_stamp_over_all_under_roots_of_the_verifier_alone(
        self,
        own: History,
        form: str,
        rsa_tsa: Authority,  # noqa: F811
        tsa: Authority,  # noqa: F811
    ) -> None:
        note = own.archive.checkpoint()
        enter(own.archive, tsa.stamp(note), note)
        publishing.publish(own.archive, own.folder)
        mine = own.report(form, Outside(policy=own.policy(roots=own.roots)))
        assert letters(mine)[3] == "P"
        other = own.report(form, Outside(policy=own.policy(roots=rsa_tsa.roots)))
        assert letters(other)[3] == "N"
        assert any("2 time stamps lead to none of the roots" in remark for remark in other.remarks)
        none = own.report(form, Outside(policy=own.policy()))
        assert letters(none)[3] == "N"

    def test_witness_and_tsa_that_contradict_each_other_break_it(self, own: History) -> None:
        read = notes.parse(own.note)
        own.keep(cosigned(bytes(Note(read.text, read.unverified_signatures[:2])), W1, W2, at=TIME - 86_400))
        policy = own.policy(quorum="both", roots=own.roots)
        assert {letters(own.report(form, Outside(policy=policy)))[3] for form in ("ledger", "vault")} == {"B"}


class TestAuditors:
    def test_word_is_of_the_index_it_cosigned_and_of_no_later_one(self, own: History) -> None:
        outside = Outside(policy=own.policy(auditors=(W2.key,)))
        assert letters(own.report("vault", outside))[4] == "P"
        own.archive.append([spoken("later")])
        later = own.report("vault", outside)
        assert letters(later)[4] == "N"
        own.archive.checkpoint()
        assert letters(own.report("vault", outside))[4] == "N"

    def test_word_for_a_false_index_does_not_make_it_true(self, own: History) -> None:
        """An auditor in league with the owner: who reads the entries sees it."""
        own.archive.append_public("index", [index_line(own.archive, without=3)])
        own.archive.checkpoint()
        publishing.publish(own.archive, own.folder)
        own.keep(cosigned(own.note, W1, W2))
        outside = Outside(policy=own.policy(quorum="both", auditors=(W2.key,)))
        assert {letters(own.report(form, outside))[4] for form in ("ledger", "vault")} == {"B"}


class TestNeverGreen:
    """What nobody may call proven, whatever it brings along."""

    def test_freshly_invented_vault_with_its_own_tsa_and_witness(
        self,
        shared: History,
        identity: OpenIdentity,  # noqa: F811
        rsa_tsa: Authority,  # noqa: F811
        tmp_path: Path,
    ) -> None:
        """Each of its forms is green under what it brings itself, to nobody else."""
        machine = found(tmp_path / "invented", identity)
        fill(machine)
        copied = machine.elsewhere(tmp_path / "elsewhere")
        unknown = replace(copied.identity, identity=copied.identity.identity.without_vault(ORIGIN))
        invented = made(replace(copied, identity=unknown), rsa_tsa)
        mine = invented.policy(quorum="both", auditors=(W2.key,), roots=rsa_tsa.roots)
        assert letters(invented.report("ledger", Outside(policy=mine))) == "PPPPP"
        true = Outside(policy=shared.policy(quorum="both", auditors=(W2.key,), roots=shared.roots))
        for form in FORMS:
            assert letters(invented.report(form, Outside())) == "PNNNN", form
            assert letters(invented.report(form, true))[1:3] == "BB", form
            assert letters(invented.report(form, true))[4] == "N", form
        invented.archive.database.close()

    def test_ledger_without_a_disclosure(self, tmp_path: Path) -> None:
        ledger = Ledger.founded()
        index(ledger)
        quorums = parse_quorum(f"witness w1 {W1.key}\nquorum w1\n")
        folder = write(tmp_path, honest(ledger) | {"checkpoint": cosigned(ledger.checkpoint(), W1)})
        found = audit(FolderSource(folder), Outside(policy=Policy(ledger.fingerprint, (W1.key,), (), quorums)))
        assert letters(found.report)[1] == letters(found.report)[4] == "N"

    def test_ledger_without_an_entry(self, shared: History, tmp_path: Path) -> None:
        empty = Checkpoint(shared.archive.config.origin, 0, merkle.EMPTY_ROOT)
        (tmp_path / "checkpoint").write_bytes(cosigned(Log(empty.origin).sign(empty), W1, W2))
        policy = shared.policy(quorum="both", auditors=(W2.key,), roots=shared.roots)
        report = audit(FolderSource(tmp_path), Outside(policy=policy)).report
        assert letters(report) == "BNNNN"

    def test_truncated_ledger(self, own: History) -> None:
        for path in [*(own.folder / "tile").rglob("*")]:
            if path.is_file():
                path.unlink()
        report = own.report("ledger", Outside(policy=own.policy(quorum="both", auditors=(W2.key,), roots=own.roots)))
        assert letters(report)[:2] == "BB"
        assert "P" not in letters(report)

    def test_rolled_back_ledger_to_who_has_seen_a_later_checkpoint(self, own: History) -> None:
        policy = own.policy(quorum="both", auditors=(W2.key,), roots=own.roots)
        own.archive.append([spoken("later")])
        late = own.archive.checkpoint()
        report = own.report("ledger", Outside(kept=(("late", late),), policy=policy))
        assert letters(report)[1] == "B"
        assert letters(report)[4] == "N"
