"""tests/vectors/recovery.json: sets of shares, and what makes no secret; `-m tests.vectors.generate_recovery`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import shake_256
from typing import Any

import shamir_mnemonic
from shamir_mnemonic import shamir

from keys import recovery
from tests import vectors

_ABOUT = (
    "Recovery shares, docs/format/recovery.md. expect is accept or reject, which is for the shares one by one, for all "
    "of them together, or for their check value. fingerprint is that of the identity they make. Keys are test keys."
)


@contextmanager
def predictable(label: str) -> Iterator[None]:
    """The library's randomness, known."""
    before, taken = shamir.RANDOM_BYTES, 0

    def random(size: int) -> bytes:
        nonlocal taken
        taken += 1
        return shake_256(f"{label} {taken}".encode()).digest(size)

    shamir.RANDOM_BYTES = random
    try:
        yield
    finally:
        shamir.RANDOM_BYTES = before


def made(label: str, threshold: int, shares: int) -> tuple[recovery.Secret, list[str]]:
    """A secret and the words of its shares, the same each time."""
    with predictable(label):
        secret, cards = recovery.create(threshold, shares, lambda size: shake_256(label.encode()).digest(size))
    return secret, [" ".join(card.words) for card in cards]


def _foreign(groups: list[tuple[int, int]], size: int = 32, **said: Any) -> list[str]:
    """Shares as another program may make them."""
    with predictable("foreign"):
        chosen = {"iteration_exponent": 0, **said}
        made = shamir_mnemonic.generate_mnemonics(1, groups, bytes(size), **chosen)
    return [words for group in made for words in group]


def _respelled(words: str, **changed: Any) -> str:
    """The same share saying something else of itself, with a checksum that fits."""
    text: str = replace(shamir_mnemonic.Share.from_mnemonic(words), **changed).mnemonic()
    return text


def _swapped(words: str, first: int, second: int) -> str:
    listed = words.split()
    listed[first], listed[second] = listed[second], listed[first]
    return " ".join(listed)


def build() -> str:
    """The text of the file."""
    secret, cards = made("dvault recovery", 3, 5)
    common = {"check": secret.check, "fingerprint": secret.identity().public.fingerprint}
    return vectors.spell(_ABOUT, [*_accepted(cards), *_rejected(cards)], **common)


def _accepted(cards: list[str]) -> list[dict[str, Any]]:
    two, pair = made("two of two", 2, 2)
    pair_is = {"check": two.check, "fingerprint": two.identity().public.fingerprint}
    sixteen, many = made("sixteen of sixteen", 16, 16)
    sixteen_is = {"check": sixteen.check, "fingerprint": sixteen.identity().public.fingerprint}
    chosen = {
        "first three of five": cards[:3],
        "last three, in another order": [cards[4], cards[2], cards[3]],
        "in capitals, with line ends": [card.upper().replace(" ", "\n") for card in cards[1:4]],
    }
    return [
        *({"name": name, "expect": "accept", "why": "", "shares": shares} for name, shares in chosen.items()),
        {"name": "two of two", "expect": "accept", "why": "", "shares": pair, **pair_is},
        {"name": "sixteen of sixteen", "expect": "accept", "why": "", "shares": many, **sixteen_is},
    ]


def _rejected(cards: list[str]) -> Iterator[dict[str, Any]]:
    first, second, third, fourth, _ = cards
    other = made("another vault", 3, 5)[1]
    same_set = shamir_mnemonic.Share.from_mnemonic(first).identifier
    listed = first.split()
    faults: dict[str, tuple[str, list[str]]] = {
        "none": ("exactly 2 are needed", []),
        "one too few": ("2 shares where exactly 3 are needed", [first, second]),
        "one too many": ("4 shares where exactly 3 are needed", [first, second, third, fourth]),
        "a share twice": ("share 2 is there already", [first, second, second]),
        "a share of another set": ("is of another set", [first, second, other[2]]),
        "a share of another set under the same number": ("is of another set", [first, second, other[0]]),
        "all of another vault": ("make the check value", other[:3]),
        "of another secret, though of the same set": (
            "do not fit together", [first, second, _respelled(other[2], identifier=same_set)],
        ),
        "another number on a share": ("do not fit together", [first, second, _respelled(third, index=4)]),
        "a value changed, its checksum made anew": (
            "do not fit together", [first, second, _respelled(third, value=bytes(32))],
        ),
        "mixed thresholds": ("says that 2 are needed", [first, second, _respelled(third, member_threshold=2)]),
        "all say that fewer are needed": (
            "do not fit together", [_respelled(card, member_threshold=2) for card in (first, second)],
        ),
        "a misspelled word": ("not in the list of words: word 7", [" ".join([*listed[:6], "vaultt", *listed[7:]])]),
        "two misspelled words": ("words 1, 33", [" ".join(["blint", *listed[1:-1], "impuls"])]),
        "a word by its first four letters": ("word 5", [" ".join([*listed[:4], listed[4][:4], *listed[5:]])]),
        "another word of the list": ("the checksum does not fit", [" ".join([*listed[:6], "academic", *listed[7:]])]),
        "two words have changed places": ("the checksum does not fit", [_swapped(first, 8, 9)]),
        "a word missing": ("32 words where a share has 33", [" ".join(listed[1:])]),
        "a word too many": ("34 words where a share has 33", [f"{first} academic"]),
        "two shares on one line": ("66 words where a share has 33", [f"{first} {second}"]),
        "no words": ("0 words where a share has 33", [""]),
        "much too long": ("0 words where a share has 33", ["academic " * 10_000]),
        "a letter of another script": ("0 words where a share has 33", [first.replace("a", "а", 1)]),
        "a share of 128 bits": ("20 words where a share has 33", _foreign([(2, 3)], size=16)[:2]),
        "enough by itself": ("enough by itself", _foreign([(1, 1)])),
        "of two groups": ("of another program", _foreign([(2, 2), (2, 2)])[:2]),
        "stretched": ("of another program", _foreign([(2, 2)], iteration_exponent=1)),
        "not extendable": ("of another program", _foreign([(2, 2)], extendable=False)),
    }  # fmt: skip
    for name, (why, shares) in faults.items():
        yield {"name": name, "expect": "reject", "why": why, "shares": shares}


if __name__ == "__main__":
    vectors.write("recovery", build())
