"""What ties a record to its entry: root and tags."""

import pytest

from tests import vectors
from tests.evidence.ledgers import Ledger
from vault.evidence import entry, record
from vault.evidence.binding import check_record
from vault.evidence.strict import Malformed


@pytest.mark.parametrize("case", vectors.read("shown-records"), ids=lambda case: case["name"])
def test_own_vectors_of_shown_records(case: vectors.Case) -> None:
    def read() -> None:
        check_record(record.parse_shown(case["shown"].encode()), entry.parse(case["entry"].encode()))

    if case["expect"] == "accept":
        read()
    else:
        with pytest.raises(Malformed):
            read()


def test_error_says_which_entry_and_never_a_term() -> None:
    ledger = Ledger.founded()
    built = ledger.build([("a", 1)], ["class:price", "entry:0"])
    signed = ledger.file("receipt", built)
    check_record(built, signed)
    other = signed._replace(entry=signed.entry._replace(tags=signed.entry.tags[:1]))
    with pytest.raises(Malformed, match=r"^record 1: expected 1 terms, as entry 1 has tags, found 2$"):
        check_record(built, other, "record 1")
    with pytest.raises(Malformed, match=r"^record: expected the record of entry 1, found 'another root'$"):
        check_record(ledger.build([("a", 2)]), signed)
