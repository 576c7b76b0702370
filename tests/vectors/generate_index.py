"""Writes index.json: index proofs over a small ledger, for complete lists and for absence, and forgeries of both."""

from base64 import b64encode
from functools import cache
from typing import Any

from tests import vectors
from tests.evidence import naive_index as naive
from tests.evidence.ledgers import ORIGIN, Ledger, index_key, tag
from vault.evidence import entry
from vault.evidence.strict import base64_text
from vault.evidence.vrf import term_input

ABOUT = (
    "Index proofs (docs/format/index.md). The first `size` of `entries` are the ledger under a checkpoint that was "
    "verified, entry number `index` is shown as its index entry, `asked` is the tag (base64) or term of which a "
    "verifier wants all entries, `listed` are the numbers of those shown as all of them. Accept: the proof holds for "
    "what was asked, and the list is complete; an empty list with a proof of absence. `vrf` is index key 1. Test keys."
)
PARTY, OTHER, NOBODY = "party:lei:529900T8BM49AURSDO55", "party:vat:DE811907980", "party:lei:5493001KJTIIGC8Y1R12"
FORMAT = "disclosure-vault/index-proof/v1"
INDEX = 9  # the number of the index entry that counts; number 6 is an older one


@cache
def ledger() -> Ledger:
    """Seven disclosures and corrections of two parties, two index entries, the second one last."""
    made = Ledger.founded()
    made.admit("m2", "recorder")
    for terms in ([PARTY], [OTHER], [PARTY, OTHER], [PARTY]):
        made.record("disclosure", [("purpose", "licence")], terms, by="m2")
    made.public("index", index_line(made))
    made.record("disclosure", [("purpose", "audit")], [PARTY, "class:end-use"], by="m2")
    made.record("correction", [("corrects", 5)], ["entry:5", PARTY], by="m2")
    made.public("index", index_line(made))
    return made


def index_line(made: Ledger) -> str:
    """The line of an index over all entries so far."""
    return f"index {made.size} {base64_text(naive.root(filed(made)))}"


def filed(made: Ledger, size: int | None = None) -> list[naive.Entry]:
    """What an index is made of."""
    signed = map(entry.parse, made.leaves[:size])
    return [(one.entry.kind, one.entry.tags, one.hash) for one in signed]


def text(asked: bytes, end: naive.Leaf | None, siblings: list[bytes], *shown: str) -> str:
    """A proof, spelled."""
    last = f"leaf {_b64(end[0])} {end[1]} {_b64(end[2])}" if end else "absent"
    return "\n".join([FORMAT, f"tag {_b64(asked)}", *shown, last, *map(_b64, siblings), ""])


def shown(term: str) -> tuple[str, str]:
    """The lines that show which term a tag stands for."""
    return f"vrf 1 {_b64(index_key(ORIGIN, 1).prove(term_input(term)))}", f"term {term}"


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


def _proof(asked: bytes, *lines: str, size: int = INDEX) -> str:
    return text(asked, *naive.path(filed(ledger(), size), asked), *lines)


def _kind(kind: str) -> bytes:
    return naive.kind_tag(kind)


_PARTY, _NOBODY = tag(PARTY), tag(NOBODY)
_LISTED = [2, 4, 5, 7, 8]
_GOOD = _proof(_PARTY, *shown(PARTY))
_ABSENT = _proof(_NOBODY, *shown(NOBODY))


def build() -> str:
    """The text of the vector file."""
    cases = [*_good(), *_bad_spelling(), *_bad_list(), *_bad_absence(), *_bad_index(), *_bad_term()]
    entries = [leaf.decode() for leaf in ledger().leaves]
    common = {"entries": entries, "size": INDEX + 1, "index": INDEX, "asked": PARTY, "listed": _LISTED}
    return vectors.spell(ABOUT, cases, vrf=_b64(index_key(ORIGIN, 1).public), **common)


def _case(name: str, proof: str, why: str = "", **other: Any) -> vectors.Case:
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **other, "proof": proof}


def _good() -> list[vectors.Case]:
    asked, kinds = _b64(_PARTY), {"disclosure": [2, 3, 4, 5, 7], "genesis": [0], "index": [6], "correction": [8]}
    alone = Ledger.founded()
    alone.public("index", index_line(alone))
    only: dict[str, Any] = {"entries": [leaf.decode() for leaf in alone.leaves], "size": 2, "index": 1}
    other = naive.path(filed(alone, 1), _NOBODY)
    return [
        _case("all entries of a term", _GOOD),
        _case("all entries of a bare tag", _proof(_PARTY), asked=asked),
        _case("a term of one entry", _proof(tag("entry:5"), *shown("entry:5")), asked="entry:5", listed=[8]),
        *(_case(f"kind {kind}", _proof(_kind(kind)), asked=_b64(_kind(kind)), listed=kinds[kind]) for kind in kinds),
        _case("nothing of a term", _ABSENT, asked=NOBODY, listed=[]),
        _case("nothing of a kind", _proof(_kind("erasure")), asked=_b64(_kind("erasure")), listed=[]),
        _case("one tag in all, no siblings", text(_kind("genesis"), *naive.path(filed(alone, 1), _kind("genesis"))),
              asked=_b64(_kind("genesis")), listed=[0], **only),
        _case("absent beside the one tag there is", text(_NOBODY, *other, *shown(NOBODY)), asked=NOBODY, listed=[],
              **only),
        *_absences(),
    ]  # fmt: skip


def _absences() -> list[vectors.Case]:
    """Tags made so that their ways end in an absent child, and at another leaf."""
    return [
        _case(f"absent: the way ends in {what}", _proof(made), asked=_b64(made), listed=[])
        for what, made in (("an absent child", _ending_in(leaf=False)), ("another leaf", _ending_in(leaf=True)))
    ]


@cache
def _ending_in(*, leaf: bool) -> bytes:
    candidates = (bytes([first, second]) + bytes(30) for first in range(256) for second in (0, 129))
    return next(c for c in candidates if (naive.path(filed(ledger(), INDEX), c)[0] is not None) == leaf)


def _bad_spelling() -> list[vectors.Case]:
    version, one, order = "the first line names the version", "one spelling", "the lines have one order"
    vrf, term = shown(PARTY)
    end, siblings = naive.path(filed(ledger(), INDEX), _PARTY)
    assert end
    leaf, first = f"leaf {_b64(_PARTY)} {end[1]} {_b64(end[2])}", _b64(siblings[0])
    swaps = {
        "nothing": (_GOOD, "", version),
        "another version": ("/v1\n", "/v2\n", version),
        "CR LF": ("/v1\n", "/v1\r\n", "no control characters but line feed"),
        "a byte order mark": (FORMAT, f"\ufeff{FORMAT}", version),
        "no line feed at the end": (f"{_b64(siblings[-1])}\n", _b64(siblings[-1]), one),
        "an empty line at the end": (f"{_b64(siblings[-1])}\n", f"{_b64(siblings[-1])}\n\n", one),
        "no tag": (f"tag {_b64(_PARTY)}\n", "", order),
        "two tags": (f"tag {_b64(_PARTY)}\n", f"tag {_b64(_PARTY)}\n" * 2, order),
        "a tag in hex": (f"tag {_b64(_PARTY)}", f"tag {_PARTY.hex()}", one),
        "vrf without its term": (f"{term}\n", "", "both or neither"),
        "a term without its vrf": (f"{vrf}\n", "", "both or neither"),
        "term before vrf": (f"{vrf}\n{term}", f"{term}\n{vrf}", order),
        "a term in another spelling": (term, term.lower(), "a term has one spelling"),
        "generation with a zero before": ("vrf 1", "vrf 01", one),
        "generation 0": ("vrf 1", "vrf 0", "generations begin with 1"),
        "a vrf of 79 bytes": (vrf, f"vrf 1 {_b64(bytes(79))}", "80 bytes"),
        "no leaf and not absent": (f"{leaf}\n", "", order),
        "leaf and absent": (f"{leaf}\n", f"{leaf}\nabsent\n", order),
        "absent and leaf": (f"{leaf}\n", f"absent\n{leaf}\n", order),
        "a count of 0": (f" {end[1]} ", " 0 ", "a tag of no entry is absent"),
        "a count with a sign": (f" {end[1]} ", f" +{end[1]} ", one),
        "a count with a zero before": (f" {end[1]} ", f" 0{end[1]} ", one),
        "a count and 2^64": (f" {end[1]} ", f" {end[1] + 2**64} ", "a count is below 2^63"),
        "a leaf without its root": (f"{leaf}\n", f"{leaf.rpartition(' ')[0]}\n", one),
        "a sibling of 31 bytes": (first, _b64(siblings[0][:31]), one),
        "a sibling without padding": (first, first[:-1], one),
        "a sibling with a loose bit": (first, f"{first[:-2]}{chr(ord(first[-2]) + 1)}=", one),
        "a sibling with a space": (first, f"{first} ", one),
        "words at the end": (f"{_b64(siblings[-1])}\n", f"{_b64(siblings[-1])}\nwords\n", one),
    }
    return [_case(name, _GOOD.replace(old, new, 1), why) for name, (old, new, why) in swaps.items()]


def _bad_list() -> list[vectors.Case]:
    end, siblings = naive.path(filed(ledger(), INDEX), _PARTY)
    assert end
    entries = filed(ledger())
    lies = {
        "one fewer": [2, 4, 5, 7], "one too many": [2, 3, 4, 5, 7, 8], "one exchanged": [2, 3, 5, 7, 8],
        "one twice": [2, 4, 5, 7, 7], "two swapped": [4, 2, 5, 7, 8], "none": [],
    }  # fmt: skip
    cases = [
        _case(f"list: {name}", _GOOD, "the list is what count and R say", listed=listed)
        for name, listed in lies.items()
    ]
    fewer = naive.leaves([entries[seq] for seq in _LISTED[:-1]])[naive.bits(_PARTY)]
    return [
        *cases,
        _case("list and leaf with one fewer", text(_PARTY, fewer, siblings), "another root", listed=_LISTED[:-1]),
        _case("a count of one fewer", text(_PARTY, (end[0], end[1] - 1, end[2]), siblings), "another leaf",
              listed=_LISTED[:-1]),
        _case("another tag's leaf as one's own", _proof(tag(OTHER)), "the proof is for another tag", listed=[3, 4]),
        _case("another tag's leaf under one's own tag", text(_PARTY, *naive.path(entries[:INDEX], tag(OTHER))),
              "the path is folded by the tag that was asked for", listed=[3, 4]),
        _case("a sibling left out", text(_PARTY, end, siblings[:-1]), "another root"),
        _case("a sibling too many", text(_PARTY, end, [*siblings, bytes(range(32))]), "another root"),
        _case("siblings swapped", text(_PARTY, end, [siblings[1], siblings[0], *siblings[2:]]), "another root"),
        _case("an absent child put below", text(_PARTY, end, [bytes(32), *siblings]), "one tag is a leaf higher up"),
        _case("256 siblings", text(_PARTY, end, [bytes(range(32))] * 256), "at most 255 siblings"),
        _case("absence of what is there", text(_PARTY, None, siblings), "another root", listed=[]),
        _case("a list where nothing is", _ABSENT, "nothing is there", asked=NOBODY, listed=[2]),
    ]  # fmt: skip


def _bad_absence() -> list[vectors.Case]:
    entries = filed(ledger(), INDEX)
    foreign = [(own, naive.path(entries, own)) for own in (tag(OTHER), _kind("genesis"))]
    there, end = naive.path(entries, _ending_in(leaf=True)), _ending_in(leaf=True)
    asked: dict[str, Any] = {"asked": PARTY, "listed": []}
    return [
        *(_case(f"absence by the leaf of another place, {own.hex()[:4]}", text(_PARTY, *way),
                "another tag's leaf proves absence only where this tag would stand", **asked)
          for own, way in foreign),
        _case("absence by one's own leaf", _GOOD, "it is there", **asked),
        _case("absence by the top of the tree", text(_PARTY, None, []), "another root", **asked),
        _case("absence by a leaf that was never there",
              text(end, (bytes(end[:31] + b"\x01"), 1, bytes(32)), there[1]), "another root",
              asked=_b64(end), listed=[]),
        _case("absence in another child's place", text(_PARTY, *naive.path(entries, _ending_in(leaf=False))),
              "another root", **asked),
    ]  # fmt: skip


def _bad_index() -> list[vectors.Case]:
    old = _proof(_PARTY, *shown(PARTY), size=6)
    false = Ledger(leaves=ledger().leaves[:INDEX])
    lacking = [one for seq, one in enumerate(filed(false)) if seq != 5]
    false.public("index", f"index {INDEX} {base64_text(naive.root(lacking))}")
    foreign = Ledger.founded("other.example/log")
    foreign.public("index", f"index 1 {base64_text(naive.root(filed(false)))}")
    last = "the index entry is the last of the checkpoint"
    return [
        _case("an older index", old, last, index=6, listed=[2, 4, 5]),
        _case("an older index as the last one", old, "another root", listed=[2, 4, 5]),
        _case("an entry after the index", _GOOD, last, entries=[*map(bytes.decode, [*ledger().leaves, *_later()])],
              size=INDEX + 2),
        _case("an entry of another kind as index", _GOOD, "an index entry is needed", index=8, size=9),
        _case("the true list under an index that lacks one", _GOOD, "another root",
              entries=[leaf.decode() for leaf in false.leaves]),
        _case("an index of another ledger", _GOOD, "the index is of the checkpoint's ledger",
              entries=[leaf.decode() for leaf in foreign.leaves], size=2, index=1),
    ]  # fmt: skip


def _later() -> list[bytes]:
    more = Ledger(leaves=[*ledger().leaves])
    more.disclose()
    return more.leaves[-1:]


def _bad_term() -> list[vectors.Case]:
    vrf, term = shown(PARTY)
    strange = index_key("other.example/log", 1).prove(term_input(PARTY))
    return [
        _case("another term under the tag", _GOOD.replace(term, f"term {OTHER}"), "the tag is of another term"),
        _case("a VRF proof of another term", _GOOD.replace(vrf, shown(OTHER)[0]), "it proves another tag"),
        _case("a VRF proof by another key", _GOOD.replace(vrf, f"vrf 1 {_b64(strange)}"), "the ledger's key counts"),
        _case("a generation that the ledger has not", _GOOD.replace("vrf 1", "vrf 2"), "generations are declared"),
        _case("a term, and its tag not shown to be it", _proof(_PARTY), "nothing ties the tag to the term"),
    ]


if __name__ == "__main__":
    vectors.write("index", build())
