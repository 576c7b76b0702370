"""What somebody does who owns everything, database, keys and code, before he gives out another ledger.

`nobody` knows nothing from outside, `fingerprint` the fingerprint, `early` also a checkpoint over the first entries,
`late` one over all of them as they were. P, N, B: integrity, order, origin.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.evidence.ledgers import LaterLog, Ledger, log_lines, member_line
from tests.verify.folders import files_of, honest, judge, keys_of, relinked, signed_over, unsigned, write
from vault.evidence import entry, merkle
from vault.evidence.checkpoint import Checkpoint
from vault.verify.auditing import Audit
from vault.verify.outside import Outside

Files = dict[str, bytes]
Attack = Callable[[Ledger], Files]


def true_ledger() -> Ledger:
    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    for number in range(5):
        ledger.disclose(f"purpose {number}", by="m2")
    return ledger


TRUE = true_ledger()
EARLY = TRUE.log.sign(Checkpoint(TRUE.origin, 3, merkle.root(TRUE.leaves[:3])))
LATE = TRUE.checkpoint()
WHO = {
    "nobody": Outside(),
    "fingerprint": Outside(TRUE.fingerprint.hex()),
    "early": Outside(TRUE.fingerprint.hex(), (("early", EARLY),)),
    "late": Outside(TRUE.fingerprint.hex(), (("late", LATE),)),
}


def backdated(leaf: bytes) -> bytes:
    signed = entry.parse(leaf)
    return TRUE.sign(signed.entry._replace(time=signed.entry.time - timedelta(days=30)), "m2")


def without(number: int) -> list[bytes]:
    return [*TRUE.leaves[:number], *TRUE.leaves[number + 1 :]]


def in_other_order() -> list[bytes]:
    return [*TRUE.leaves[:3], TRUE.leaves[4], TRUE.leaves[3], *TRUE.leaves[5:]]


def altered() -> list[bytes]:
    return [*TRUE.leaves[:4], backdated(TRUE.leaves[4]), *TRUE.leaves[5:]]


def another_history(_: Ledger) -> Files:
    other = Ledger.founded()
    other.admit("m2", "recorder")
    for number in range(9):
        other.disclose(f"invented {number}", by="m2")
    return honest(other)


def by_a_foreign_signer(ledger: Ledger) -> Files:
    """Somebody who is no member signs an entry; the log covers it."""
    ledger.append(ledger.sign(ledger.entry_of("disclosure", ledger.build([("purpose", "more")])), "m7"))
    return honest(ledger)


def by_a_leaver(ledger: Ledger) -> Files:
    ledger.change_keys("remove m2")
    ledger.disclose(by="m2")
    return honest(ledger)


def by_a_recorder_as_custodian(ledger: Ledger) -> Files:
    ledger.append(ledger.sign(ledger.next_entry("policy", public_lines=("rule retention 10y",)), "m2"))
    return honest(ledger)


def by_a_second_log_key(ledger: Ledger) -> Files:
    """The checkpoint signed by log keys that the ledger never declared."""
    ledger.log = LaterLog(ledger.origin)
    return honest(ledger)


def by_a_second_log_key_that_he_declares(ledger: Ledger) -> Files:
    """He declares it, but not as the custodian."""
    ledger.log = LaterLog(ledger.origin)
    lines = (*log_lines(ledger.log), keyring_line())
    ledger.append(ledger.sign(ledger.next_entry("key", public_lines=lines), "m2"))
    return honest(ledger)


def keyring_line() -> str:
    return "keyring " + "ab" * 32


def with_one_signature(ledger: Ledger) -> Files:
    """The ML-DSA-44 line left out."""
    text, _, lines = ledger.checkpoint().rpartition(b"\n\n")
    return files_of(ledger.leaves, text + b"\n\n" + lines.split(b"\n")[0] + b"\n", keys_of(ledger))


def replayed_in_another_vault(_: Ledger) -> Files:
    """The genesis of another vault, the entries of this one."""
    other = Ledger.founded("other.example/log")
    return signed_over(other, [*other.leaves, *TRUE.leaves[1:]])


def newly_founded(_: Ledger) -> Files:
    """The same origin, other keys, all of it consistent."""
    other = Ledger()
    other.log = LaterLog(other.origin)
    genesis = (*log_lines(other.log), *TRUE_LINES[2:3], member_line("m1", "custodian"), keyring_line())
    other.public("genesis", *genesis)
    for number in range(6):
        other.disclose(f"invented {number}", by="m1")
    return honest(other)


TRUE_LINES = entry.parse(TRUE.leaves[0]).entry.public_lines

# What he does; integrity, order, origin as nobody, fingerprint, early and late see it; what `late` is told.
ATTACKS: list[tuple[str, Attack, tuple[str, str, str, str], str]] = [
    ("nothing", honest, ("PNN", "PPP", "PPP", "PPP"), ""),
    ("dropped, links left", lambda x: signed_over(x, without(4)), ("PBN", "PBP", "PBP", "PBP"), "sequence number 4"),
    ("dropped, links mended unsigned", lambda x: signed_over(x, unsigned(without(4))), ("PNB", "PPB", "PPB", "PBB"),
     "a valid Ed25519 signature"),
    ("dropped, all signed anew", lambda x: signed_over(x, relinked(x, without(4))), ("PNN", "PPP", "PPP", "PBP"),
     "at least the 7 entries that were there"),
    ("reordered, links left", lambda x: signed_over(x, in_other_order()), ("PBN", "PBP", "PBP", "PBP"), "previous"),
    ("reordered, all signed anew", lambda x: signed_over(x, relinked(x, in_other_order())),
     ("PNN", "PPP", "PPP", "PBP"), "checkpoint in late: expected size 7, root"),
    ("back-dated, links left", lambda x: signed_over(x, altered()), ("PBN", "PBP", "PBP", "PBP"),
     "entry 5: expected previous"),
    ("back-dated, all signed anew", lambda x: signed_over(x, relinked(x, altered())), ("PNN", "PPP", "PPP", "PBP"),
     "checkpoint in late: expected size 7, root"),
    ("altered, old checkpoint", lambda x: files_of(relinked(x, altered()), LATE, keys_of(x)),
     ("PBN", "PBP", "PBP", "PBP"),
     "checkpoint: expected size 7, root"),
    ("truncated under a new checkpoint", lambda x: signed_over(x, x.leaves[:5]), ("PNN", "PPP", "PPP", "PBP"),
     "found '5: it was cut, or an older copy was put back'"),
    ("truncated, checkpoint kept", lambda x: files_of(x.leaves[:5], LATE), ("BBN", "BBN", "BBN", "BBN"),
     "the 7 entries it is over"),
    ("rolled back to an old checkpoint", lambda x: files_of(x.leaves[:3], EARLY, keys_of(x)),
     ("PNN", "PPP", "PPP", "PBP"),
     "at least the 7 entries that were there"),
    ("an old checkpoint put in", lambda x: honest(x) | files_of(x.leaves[:3], EARLY), ("PNN", "PNP", "PNP", "PBP"),
     "at least the 7 entries"),
    ("a second history", another_history, ("PNN", "PPP", "PBP", "PBP"), "checkpoint in late: expected size 7, root"),
    ("newly founded", newly_founded, ("PNN", "PBB", "PBB", "PBB"), "the fingerprint"),
    ("replayed in another vault", replayed_in_another_vault, ("PBB", "PBB", "PBB", "PBB"), "origin other.example/log"),
    ("a foreign signer", by_a_foreign_signer, ("PNB", "PPB", "PPB", "PPB"), "a signature by a member at this point"),
    ("a leaver", by_a_leaver, ("PNB", "PPB", "PPB", "PPB"), "a signature by a member at this point"),
    ("a recorder as custodian", by_a_recorder_as_custodian, ("PNB", "PPB", "PPB", "PPB"), "signed by a custodian"),
    ("a second log key", by_a_second_log_key, ("BNB", "BNB", "BNB", "BNB"), "a signature by magnets"),
    ("a second log key, declared by a recorder", by_a_second_log_key_that_he_declares, ("BNB", "BNB", "BNB", "BNB"),
     "an entry of kind key signed by a custodian"),
    ("one log signature left out", with_one_signature, ("PNB", "PNB", "PNB", "PNB"), "a cosignature by"),
]  # fmt: skip


def honest_leaves() -> list[bytes]:
    other = Ledger.founded()
    other.admit("m2", "recorder")
    for number in range(9):
        other.disclose(f"invented {number}", by="m2")
    return other.leaves


def audited(folder: Path, attack: Attack, outside: Outside) -> Audit:
    return judge(write(folder / "ledger", attack(true_ledger())), outside)
