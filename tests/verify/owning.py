"""What somebody does who owns everything, and what is told to whoever looks; tests/verify/owner.py has the words.

Each look is given a scene of its own, does it, and returns all sentences of the verdict, or of the refusal.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.anchoring.authority import Authority
from tests.anchoring.desks import Stamped
from tests.anchoring.test_times import DAY, NOON, stamp, token_file
from tests.evidence.ledgers import Ledger
from tests.evidence.signers import Signer
from tests.vault import attackers
from tests.vault.checking.test_index import index_line
from tests.vault.machine import Clock, spoken
from tests.vault.test_witnessing import CLIENT, cosigning
from tests.verify import attacks, lists, test_completing, test_proving
from tests.verify.folders import honest, judge, write
from tests.verify.lists import GANZHOU, NOBODY, believing, complete
from vault import stamping, witnessing
from vault.archive import Archive
from vault.checking import steps
from vault.errors import VaultError
from vault.evidence import entry as entries
from vault.evidence.note import ED25519_COSIGNATURE
from vault.evidence.verdicts import Verdict
from vault.ledger.store import NewEntry
from vault.opening import compare
from vault.verify import telling
from vault.verify.auditing import Audit
from vault.verify.outside import Outside
from vault.verify.report import Report

ALIAS = "party-name:CN:gz magnet trading"


class Scene(NamedTuple):
    """An empty folder; a vault of six entries that a TSA stamps, a TSA that is another's."""

    folder: Path
    desk: Stamped
    other: Authority


def told(found: Audit | Report) -> list[str]:
    """Every sentence of a verdict."""
    report = found.report if isinstance(found, Audit) else found
    of_verdicts = [said for verdict in Verdict for said in (*map(str, report.faults[verdict]), report.why(verdict))]
    return [*of_verdicts, *report.remarks, telling.NEVER_LOGGED]


def audit_of(attack: str, who: str) -> Callable[[Scene], list[str]]:
    """What `who` is told of one of tests/verify/attacks.py."""
    (found,) = (made for name, made, *_ in attacks.ATTACKS if name == attack)
    return lambda scene: told(attacks.audited(scene.folder, found, attacks.WHO[who]))


def refused(do: Callable[[], object]) -> list[str]:
    """The words of a refusal."""
    with pytest.raises(VaultError) as caught:
        do()
    return [str(caught.value)]


# Lists.


def list_with_one_fewer(_: Scene) -> list[str]:
    return told(test_completing.judge(test_completing.an_entry_left_out()))


def false_index(scene: Scene) -> list[str]:
    with scene.desk.opened() as archive:
        archive.append_public("index", [index_line(archive, without=3)])
        return told(steps.check(archive))


def list_under_a_false_index(_: Scene) -> list[str]:
    made = Ledger(leaves=lists.ledger().leaves[:-1], generation=2)
    lists.indexed(made, lacking=[4])
    given = replace(complete(made, GANZHOU, lacking=[4]), checkpoint=made.checkpoint())
    return told(test_completing.judge(given, Outside(policy=believing(made))))


def stale_index(_: Scene) -> list[str]:
    return told(test_completing.judge(test_completing.an_older_index()))


def forged_absence(_: Scene) -> list[str]:
    """The path of a tag that is not there, shown for one that is."""
    return told(test_completing.judge(test_completing.the_path_of_another_term()))


def log_as_auditor(_: Scene) -> list[str]:
    made = lists.ledger()
    posing = Signer("auditor.example/a", made.log.ed25519.word, ED25519_COSIGNATURE)
    given = replace(complete(made, GANZHOU), checkpoint=lists.audited(made, posing))
    return told(test_completing.judge(given, Outside(policy=believing(made, posing))))


def aliased_ledger() -> Ledger:
    """One more disclosure to GANZHOU, filed under a name that nobody registered for it."""
    made = Ledger(leaves=lists.ledger().leaves[:-1], generation=2)
    made.record("disclosure", [("purpose", "licence")], [ALIAS], by="m2")
    return lists.indexed(made)


def listed(made: Ledger, *terms: str) -> Audit:
    """What an auditor's word makes of the list of these terms."""
    return test_completing.judge(complete(made, *terms), Outside(policy=believing(made)))


def aliased(_: Scene) -> list[str]:
    return told(listed(aliased_ledger(), GANZHOU, NOBODY))


# Receipts, members, what was never there.


def mistagged_receipt(_: Scene) -> list[str]:
    made = test_proving.mistagged()
    return told(test_proving.judge(made))


def revoked(scene: Scene) -> list[str]:
    ledger = attacks.true_ledger()
    ledger.change_keys("revoke m2 4")
    return told(judge(write(scene.folder, honest(ledger)), attacks.WHO["nobody"]))


def signed_by_the_revoked(scene: Scene) -> list[str]:
    ledger = attacks.true_ledger()
    ledger.change_keys("revoke m2 4")
    ledger.disclose(by="m2")
    return told(judge(write(scene.folder, honest(ledger)), attacks.WHO["nobody"]))


def never_logged(scene: Scene) -> list[str]:
    return told(judge(write(scene.folder, honest(attacks.true_ledger())), attacks.WHO["late"]))


# Copies of a vault.


def put_back_where_it_was_seen(scene: Scene) -> list[str]:
    mine = scene.desk.machine
    old = mine.copied(scene.folder / "old")
    for each, purpose in ((mine, "here"), (old, "there")):
        with each.opened() as archive:
            archive.append([spoken(purpose)])
            archive.append([spoken(purpose)])
    (mine.folder / "vault").rename(scene.folder / "aside")
    (old.folder / "vault").rename(mine.folder / "vault")
    return refused(mine.open)


def put_back_elsewhere(scene: Scene) -> list[str]:
    old = scene.desk.machine.elsewhere(scene.folder / "old")
    with scene.desk.machine.opened() as archive:
        archive.append([spoken("here")])
    with old.opened() as archive:
        archive.append([spoken("there")])
        compare(archive, old.identity, archive.fingerprint)
        report = steps.check(archive)
        assert report.passes()
        return told(report)


def rolled_back(scene: Scene) -> list[str]:
    return _by_the_witness(scene, further=0)


def forked(scene: Scene) -> list[str]:
    return _by_the_witness(scene, further=5)


def _by_the_witness(scene: Scene, further: int) -> list[str]:
    old = scene.desk.machine.copied(scene.folder / "old")
    with scene.desk.machine.opened() as archive, cosigning(scene.folder, archive) as place:
        archive.append([spoken("here") for _ in range(3)])
        witnessing.cosign(archive, archive.checkpoint(), [place], CLIENT)
        with old.opened() as copy:
            if further:
                copy.append([spoken("there") for _ in range(further)])
            _, (outcome,) = witnessing.cosign(copy, copy.checkpoint(), [place], CLIENT)
    return [str(outcome.error)]


# Time.


def _back_dated(archive: Archive, *, anchors: bool) -> list[NewEntry]:
    """Entry 3 a month earlier, all signed anew; with or without what the anchors said."""
    found = attackers.changing(attackers.all_entries(archive))
    kept = [one for one in found if anchors or one.kind != "anchor"]
    made = attackers.signed_anew(archive, kept)
    attackers.rewrite(archive, made, [attackers.checkpoint_over(archive, made)])
    time = entries.parse(made[3].leaf).entry.time
    assert time + timedelta(days=29) < NOON
    return made


def _anchored(scene: Scene) -> None:
    with scene.desk.opened(Clock(NOON)) as archive:
        stamping.anchor(archive)


def _checked(scene: Scene, archive: Archive) -> list[str]:
    return told(steps.check(archive, outside=Outside(tsa_roots=scene.desk.tsa.roots)))


def back_dated_under_its_anchor(scene: Scene) -> list[str]:
    _anchored(scene)
    with scene.desk.opened(Clock(NOON + DAY)) as archive:
        _back_dated(archive, anchors=True)
        return told(steps.check(archive))


def back_dated_without_anchor(scene: Scene) -> list[str]:
    _anchored(scene)
    with scene.desk.opened(Clock(NOON + DAY)) as archive:
        _back_dated(archive, anchors=False)
        return _checked(scene, archive)


def back_dated_and_stamped_anew(scene: Scene) -> list[str]:
    """The entry says October; that it was there is shown of the day on which it was stamped, and of none before."""
    mine = scene.desk.machine
    with mine.opened(Clock(NOON + DAY)) as archive:
        _back_dated(archive, anchors=False)
    with mine.elsewhere(scene.folder / "owner").opened(Clock(NOON + DAY)) as archive:
        stamp(archive, scene.desk.tsa, NOON)
        return _checked(scene, archive)


def entered_with_the_clock_set_back(scene: Scene) -> list[str]:
    with scene.desk.opened(Clock(NOON)) as archive:
        late = entries.parse(attackers.all_entries(archive)[3].leaf).entry
        made = attackers.all_entries(archive)
        another = attackers.forged(made[3], time=late.time - timedelta(days=30))
        made = attackers.signed_anew(archive, [*made, another])
        attackers.rewrite(archive, made, [attackers.checkpoint_over(archive, made)])
        return told(steps.check(archive))


def entered_after_an_anchor(scene: Scene) -> list[str]:
    """The clock says the day before; the anchor entry behind which it stands says otherwise."""
    with scene.desk.opened(Clock(NOON - DAY)) as archive:
        stamp(archive, scene.desk.tsa, NOON)
        archive.append([spoken()])
    with scene.desk.opened(Clock(NOON + DAY)) as archive:
        return _checked(scene, archive)


def swapped_token(scene: Scene) -> list[str]:
    with scene.desk.opened() as archive:
        stamping.anchor(archive)
        note = archive.folder.anchors.note(6)
        assert note is not None
        token_file(scene.desk).write_bytes(scene.desk.tsa.stamp(note))
        return _checked(scene, archive)


def invented_tsa(scene: Scene) -> list[str]:
    with scene.desk.opened() as archive:
        stamping.anchor(archive)
        return told(steps.check(archive, outside=Outside(tsa_roots=scene.other.roots)))
