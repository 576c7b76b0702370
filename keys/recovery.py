"""Recovery shares: one secret in n cards of words, of which k make an identity. docs/format/recovery.md.

The splitting, the words and their checksum are SLIP-39, by its reference implementation; here is what of it is taken,
and what the secret stands for.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import field
from hmac import compare_digest
from typing import TYPE_CHECKING

from keys import age, subkeys
from keys.errors import UnfitShares
from keys.identity import Identity
from vault.evidence.defined import frozen

if TYPE_CHECKING:
    import shamir_mnemonic

WORDS = 33  # of a share of 256 bits: 4 say which, 26 hold the value, 3 are the checksum (SLIP-39)
MAX_SHARES = 16  # SLIP-39 has four bits for the number of a share
_CHECK = re.compile(r"[0-9a-f]{16}", re.ASCII)


@frozen(eq=False)
class Share:
    """One card: its number from 1, how many are needed, and which set it is of (15 random bits, no secret)."""

    number: int
    threshold: int
    set: int
    words: tuple[str, ...] = field(repr=False)


@frozen(eq=False)
class Secret:
    """What k shares make: 32 random bytes. The keys of an identity follow from them, and the check value."""

    _secret: bytes = field(repr=False)

    @property
    def check(self) -> str:
        """The key-check value, no secret: 64 bits as four groups of hex digits, on every card."""
        digits = subkeys.derive(self._secret, "recovery/check")[:8].hex()
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))

    def identity(self) -> Identity:
        """The identity that follows from the secret: the same each time, knowing no vault."""
        seed, hybrid, classic = (subkeys.derive(self._secret, f"recovery/{key}") for key in _KEYS)
        return Identity(seed, age.generate(True, lambda _: hybrid), age.generate(False, lambda _: classic))

    def confirmed(self, check: str) -> "Secret":
        """This secret; UnfitShares unless `check`, as `parse_check` gives it, is its key-check value."""
        if not compare_digest(self.check.encode(), check.encode()):
            raise UnfitShares(
                f"these shares make the check value {self.check}, not {check}",
                "compare it with the cards: they may be of another vault, or of an earlier recovery",
            )
        return self


_KEYS = ("ed25519", "hybrid", "classic")


def create(
    threshold: int, shares: int, random: Callable[[int], bytes] = os.urandom
) -> tuple[Secret, tuple[Share, ...]]:
    """A new secret and its shares, of which any `threshold` make it and fewer tell nothing of it.

    ValueError unless 2 <= threshold <= shares <= 16. `random` makes the secret; the polynomials are the library's.
    """
    if not 2 <= threshold <= shares <= MAX_SHARES:
        raise ValueError(f"2 to {MAX_SHARES} shares, and at least 2 of them needed")
    import shamir_mnemonic

    plain = random(subkeys.SIZE)
    ((*made,),) = shamir_mnemonic.generate_mnemonics(1, [(threshold, shares)], plain, iteration_exponent=0)
    parsed = tuple(parse_share(text) for text in made)
    # Nobody tries all cards before he needs them, so what was made is read back here, from either end.
    for some in (parsed[:threshold], parsed[-threshold:]):
        if not compare_digest(_combined(some), plain):
            raise UnfitShares("the shares that were made do not make the secret", "report it; nothing was changed")
    return Secret(plain), parsed


def parse_share(text: str, where: str = "share") -> Share:
    """Read the words of one share, in capitals or not; UnfitShares where SLIP-39 or our choice of it refuses them.

    [What is said names places, never words: it may be logged, or read over a shoulder.]
    """
    words = tuple(text.lower().split()) if text.isascii() and len(text) <= _LONGEST else ()
    _refuse_unknown(words, where)
    import shamir_mnemonic

    try:
        found = shamir_mnemonic.Share.from_mnemonic(" ".join(words))
    except shamir_mnemonic.MnemonicError:
        found = None  # its message holds words, and would be chained to ours
    if found is None:
        raise UnfitShares(
            f"{where}: the checksum does not fit", "a word is another of the list, or two have changed places"
        )
    _refuse_other_kinds(found, where)
    return Share(found.index + 1, found.member_threshold, found.identifier, words)


_LONGEST = 4096  # characters; 33 words of at most 8 letters have 296


def _refuse_unknown(words: Sequence[str], where: str) -> None:
    from shamir_mnemonic.wordlist import WORD_INDEX_MAP

    if len(words) != WORDS:
        raise UnfitShares(f"{where}: {len(words)} words where a share has {WORDS}", "type all of them, with spaces")
    unknown = [str(place) for place, word in enumerate(words, 1) if word not in WORD_INDEX_MAP]
    if unknown:
        what = "word" if len(unknown) == 1 else "words"
        raise UnfitShares(f"{where}: not in the list of words: {what} {', '.join(unknown)}", "compare with the card")


def _refuse_other_kinds(found: "shamir_mnemonic.Share", where: str) -> None:
    """SLIP-39 knows groups of groups, stretching and one-share sets; none of them is ever written here."""
    group = found.group_index, found.group_threshold, found.group_count
    if not found.extendable or found.iteration_exponent or group != (0, 1, 1):
        raise UnfitShares(f"{where}: a SLIP-39 share of another program", "take a card that dvault printed")
    if found.member_threshold < 2:
        raise UnfitShares(f"{where}: a share that is enough by itself is none of ours", "take a card of dvault")


def fitting(shares: Sequence[Share], another: Share) -> Share:
    """`another`, which goes with `shares`; UnfitShares where it is one of them, or of another set or threshold."""
    for share in shares:
        if share.set != another.set:
            raise UnfitShares(
                f"share {another.number} is of another set than share {share.number}", "take cards of one check value"
            )
        if share.threshold != another.threshold:
            raise UnfitShares(
                f"share {another.number} says that {another.threshold} are needed, share {share.number} says"
                f" {share.threshold}",
                "take cards of one check value",
            )
        if share.number == another.number:
            raise UnfitShares(f"share {another.number} is there already", "take another card")
    return another


def combine(shares: Sequence[Share]) -> Secret:
    """The secret of exactly as many shares as are needed; compare it by `confirmed` before it is used.

    UnfitShares for too few or too many, one twice, and shares of different sets.
    """
    needed = shares[0].threshold if shares else 2
    for place, share in enumerate(shares):
        fitting(shares[:place], share)
    if len(shares) != needed:
        raise UnfitShares(f"{len(shares)} shares where exactly {needed} are needed", "each from a card of its own")
    return Secret(_combined(shares))


def _combined(shares: Sequence[Share]) -> bytes:
    import shamir_mnemonic

    try:
        found: bytes = shamir_mnemonic.combine_mnemonics([" ".join(share.words) for share in shares])
    except shamir_mnemonic.MnemonicError:
        found = b""
    if len(found) != subkeys.SIZE:
        raise UnfitShares("these shares do not fit together", "take cards of one check value")
    return found


def parse_check(text: str) -> str:
    """The key-check value as `Secret.check` spells it, typed with or without spaces; UnfitShares otherwise."""
    digits = "".join(text.lower().split()) if text.isascii() else ""
    if not _CHECK.fullmatch(digits):
        raise UnfitShares("a check value is 16 hex digits", "it stands on every card")
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
