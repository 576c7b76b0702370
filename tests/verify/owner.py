"""The table "Who owns everything" of docs/threat-model.md: what he tries, who notices and in which words, who does not.

tests/verify/test_owner.py does each of these and looks for the words in what that verifier says; the document is
printed from here (`make docs`).
"""

from collections.abc import Callable
from typing import NamedTuple

from tests.verify import owning
from tests.verify.owning import Scene, audit_of

Look = Callable[[Scene], list[str]]

ANOTHER = "a second history was not ruled out"


class Told(NamedTuple):
    """Who looks, and words of what a verifier tells him; `look` does it, and returns all that is told."""

    who: str
    words: str
    look: Look


class Row(NamedTuple):
    """What he tries; who notices; who does not, by a look or as a plain reason; tests that show more of it."""

    tries: str
    notices: tuple[Told | str, ...]
    misses: tuple[Told | str, ...] = ()
    more: tuple[str, ...] = ()


ROWS = (
    Row(
        "to drop an entry, links left",
        (Told("fingerprint", "sequence number 4", audit_of("dropped, links left", "fingerprint")),),
    ),
    Row(
        "to drop an entry and sign all anew",
        (Told("checkpoint", "at least the 7 entries that were there", audit_of("dropped, all signed anew", "late")),),
        (Told("fingerprint alone", ANOTHER, audit_of("dropped, all signed anew", "fingerprint")),),
    ),
    Row(
        "to drop an entry from the list of a party",
        (
            Told("auditor, who is shown the list", "expected 2 entries under tag", owning.list_with_one_fewer),
            Told(
                "whoever reads the whole ledger, where the index lacks it too",
                "expected the root over 6 entries",
                owning.false_index,
            ),
        ),
        (
            Told(
                "who neither reads the ledger nor believes an auditor; it is NOT PROVEN to him",
                "index recomputed by nobody independent",
                owning.list_under_a_false_index,
            ),
        ),
        ("tests/evidence/test_index_proof.py::TestForgedCompleteness::test_a_list_with_one_fewer",),
    ),
    Row(
        "a second tag for one term",
        (Told("the recipient with a receipt", "expected a tag of the entry", owning.mistagged_receipt),),
        ("who holds no receipt and no VRF proof: a tag is only bytes to him",),
    ),
    Row(
        "two histories for two audiences",
        (
            Told("checkpoint", "checkpoint in late: expected size 7, root", audit_of("a second history", "late")),
            Told("the owner's own program, of the witness", "has seen another history of this log", owning.forked),
        ),
        (
            Told(
                "who sees one of them alone, without a witness",
                ANOTHER,
                audit_of("dropped, all signed anew", "fingerprint"),
            ),
        ),
        (
            "tests/verify/test_attacks.py::test_a_fork_names_both_roots",
            "tests/witness/test_server.py::test_fork_that_went_on_is_refused",
        ),
    ),
    Row(
        "to cut the tail",
        (
            Told(
                "everybody, if the checkpoint stays", "the 7 entries it is over",
                audit_of("truncated, checkpoint kept", "nobody"),
            ),
            Told(
                "checkpoint", "it was cut, or an older copy was put back",
                audit_of("truncated under a new checkpoint", "late"),
            ),
        ),
        (
            Told(
                "fingerprint alone, under a new checkpoint", ANOTHER,
                audit_of("truncated under a new checkpoint", "fingerprint"),
            ),
        ),
    ),
    Row(
        "to restore an old copy and go on",
        (
            Told("the machine with the pin", "forked or rewritten: it lacks entry 7",
                 owning.put_back_where_it_was_seen),
            Told("the owner's own program, of the witness", "the vault was rolled back", owning.rolled_back),
            Told(
                "checkpoint", "at least the 7 entries that were there",
                audit_of("rolled back to an old checkpoint", "late"),
            ),
        ),
        (
            Told(
                "a machine that never saw the newer one; it is NOT PROVEN there until the fingerprint was compared, and"
                " then", ANOTHER, owning.put_back_elsewhere,
            ),
        ),
        ("tests/vault/test_witnessing.py::test_older_copy_of_a_vault_is_noticed_by_the_witness_alone",),
    ),
    Row(
        "to back-date an entry that is there",
        (
            Told("fingerprint, if the links are left", "entry 5: expected previous",
                 audit_of("back-dated, links left", "fingerprint")),
            Told("checkpoint", "checkpoint in late: expected size 7, root",
                 audit_of("back-dated, all signed anew", "late")),
            Told("everybody, if an anchor entry stays that was made since", "anchor in entry 6: expected the root over",
                 owning.back_dated_under_its_anchor),
            Told("TSA roots, if the anchor is dropped", "expected a timestamp over a checkpoint, found 'none'",
                 owning.back_dated_without_anchor),
            Told("TSA roots, if it is stamped anew", "entries 0 to 5 were there by 2026-11-24T12:00:01",
                 owning.back_dated_and_stamped_anew),
        ),
        (
            Told("fingerprint alone, all signed anew", ANOTHER, audit_of("back-dated, all signed anew", "fingerprint")),
        ),
    ),
    Row(
        "to enter something late, under an old date",
        (
            Told("everybody, if others were entered since", "the clock of entry 6 is behind that of the entry before",
                 owning.entered_with_the_clock_set_back),
            Told("TSA roots, if an anchor is before it",
                 "entry 7 says 2026-11-23T12:03:00.000000Z, and was made after 2026-11-24T11:59:58",
                 owning.entered_after_an_anchor),
        ),
        ("who has no TSA roots, if the clock is always behind: it is the owner's",),
    ),
    Row(
        "to swap a token",
        (Told("TSA roots", "as entry 6 says", owning.swapped_token),),
        ("who has no TSA roots: time is NOT PROVEN to him",),
        ("tests/anchoring/test_times.py::test_swapped_token_is_broken",),
    ),
    Row(
        "a false index root",
        (Told("whoever reads the whole ledger", "index in entry 6: expected the root over 6 entries",
              owning.false_index),),
        (Told("who believes the owner's index; it is NOT PROVEN to him", "index recomputed by nobody independent",
              owning.list_under_a_false_index),),
    ),
    Row(
        "a stale index root",
        (Told("everybody", "index: expected the last entry of checkpoint 11, found 'entry 8'", owning.stale_index),),
        (),
        ("tests/evidence/test_index_proof.py::TestTheIndexThatCounts"
         "::test_an_older_one_does_not_count_though_it_is_in_the_tree",),
    ),
    Row(
        "to forge absence by another tag's leaf",
        (Told("everybody", "expected a leaf that shares 2 bits with the tag", owning.forged_absence),),
        (),
        (
            "tests/evidence/test_index_proof.py::TestForgedAbsence::test_folding_by_the_leafs_own_bits_would_prove_it",
            "tests/evidence/test_index_proof.py::TestForgedAbsence"
            "::test_a_leaf_that_shares_all_bits_of_the_path_but_is_not_in_the_tree",
        ),
    ),
    Row(
        "to replay an entry of another vault",
        (Told("everybody", "origin other.example/log", audit_of("replayed in another vault", "nobody")),),
    ),
    Row(
        "the log key posed as a witness, or as an auditor",
        (Told("everybody with a policy", "does not count: it is the log's own key", owning.log_as_auditor),),
        (),
        ("tests/evidence/test_policy.py::test_log_is_no_witness_of_itself_under_another_name",),
    ),
    Row(
        "a signer without the role, a stranger, a leaver",
        (
            Told("everybody", "a signature by a member at this point", audit_of("a foreign signer", "nobody")),
            Told("everybody", "a signature by a member at this point", audit_of("a leaver", "nobody")),
            Told("everybody", "signed by a custodian", audit_of("a recorder as custodian", "nobody")),
        ),
    ),
    Row(
        "entries by a member whose key was stolen",
        (
            Told("everybody, of those from the stated number on, NOT PROVEN",
                 "entry 4: expected a signer not revoked later", owning.revoked),
            Told("everybody, of later ones, BROKEN", "a signature by a member at this point",
                 owning.signed_by_the_revoked),
        ),
        ("before the revocation everybody",),
        ("tests/verify/test_attacks.py::test_revoked_entries_are_named_and_later_ones_broken",),
    ),
    Row(
        "a ledger invented last night, with a witness and a TSA of its own",
        (
            Told("fingerprint", "expected the fingerprint", audit_of("newly founded", "fingerprint")),
            Told("TSA roots", "lead to none of the roots and were not counted", owning.invented_tsa),
        ),
        (Told("who brings nothing from outside; all is NOT PROVEN to him", "self-asserted",
              audit_of("newly founded", "nobody")),
         "who takes the policy from the owner",),
        ("tests/anchoring/test_times.py::test_invented_tsa_is_none_of_the_verifiers",),
    ),
    Row(
        "an alias: the party is filed under another name or number",
        ("nobody by the ledger: one term has one tag, and that two terms name one party is in no tag",),
        (
            Told("everybody, auditor or not: the list is PROVEN, and says of what",
                 "one term, one tag: who is filed under another name or number is another term", owning.aliased),
            "so ask for every register number, name and alias of the party",
        ),
        ("tests/verify/test_owner.py::test_a_party_under_an_alias_is_missed_by_who_does_not_ask_for_it",),
    ),
    Row(
        "not to log a disclosure at all",
        ("nobody",),
        (Told("everybody, and each report ends with it", "No proof covers a disclosure that was never logged.",
              owning.never_logged),),
    ),
)  # fmt: skip


def table() -> str:
    """The rows in Markdown."""
    head = ["| he tries | who notices, and is told | who does not, and why | more tests |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_line, ROWS), ""])


def _line(row: Row) -> str:
    more = ", ".join(f"`{name}`" for name in row.more)
    return f"| {row.tries} | {_cell(row.notices)} | {_cell(row.misses)} | {more} |"


def _cell(told: tuple[Told | str, ...]) -> str:
    return "; ".join(one if isinstance(one, str) else f'{one.who}: "{one.words}"' for one in told)
