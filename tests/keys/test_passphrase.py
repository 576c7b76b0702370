"""A passphrase locks a file key: Argon2id, then SecretBox, asked for once and only when it is needed."""

from collections.abc import Callable

import pytest

from keys.errors import WrongPassphrase
from keys.protectors.passphrase import MAX_PASSPHRASE, Passphrase, prepare
from tests.vectors.generate_identity import predictable
from vault.evidence.strict import Malformed

FILE_KEY = bytes(range(32))
WORDS = "correct horse battery staple"


def never() -> str:
    raise AssertionError("asked for a passphrase that is not needed")


def saying(text: str) -> Callable[[], str]:
    return lambda: text


LINE = Passphrase(saying(WORDS), random=predictable("passphrase")).lock(FILE_KEY)
OTHER = Passphrase(saying("another"), random=predictable("another")).lock(FILE_KEY)


def test_locked_opens_with_the_same_passphrase() -> None:
    assert Passphrase(saying(WORDS)).unlock([LINE], "identity") == FILE_KEY


def test_any_of_several_lines_opens_and_it_is_asked_once() -> None:
    answers = iter([WORDS])  # a second question would find none
    assert Passphrase(lambda: next(answers)).unlock([OTHER, LINE], "identity") == FILE_KEY


def test_two_locks_of_one_key_by_one_passphrase_look_different() -> None:
    ask = Passphrase(saying(WORDS))
    assert set(ask.lock(FILE_KEY)) & set(ask.lock(FILE_KEY)) == {"argon2id-2026"}


def test_wrong_passphrase_names_the_file_and_not_itself() -> None:
    with pytest.raises(WrongPassphrase, match="identity: wrong passphrase") as caught:
        Passphrase(saying("tr0ub4dor")).unlock([LINE, OTHER], "identity")
    assert "tr0ub4dor" not in repr(caught.value) + caught.value.hint


def test_damaged_box_looks_like_a_wrong_passphrase() -> None:
    profile, salt, box = LINE
    changed = ("A" if box[0] != "A" else "B") + box[1:]
    with pytest.raises(WrongPassphrase):
        Passphrase(saying(WORDS)).unlock([(profile, salt, changed)], "identity")


@pytest.mark.parametrize("line", [(), LINE[:2], (*LINE, "x"), ("argon2id-2038", *LINE[1:]), (LINE[0], "", LINE[2])])
def test_damaged_line_is_found_before_anybody_is_asked(line: tuple[str, ...]) -> None:
    with pytest.raises(Malformed, match="identity"):
        Passphrase(never).unlock([LINE, line], "identity")


@pytest.mark.parametrize("text", ["", "a\nb", "a\tb", "a\x00", "a\x7f", "\ud800", "\U000e0080", "\u0378"])
def test_passphrase_that_cannot_be_kept_is_refused_for_locking_too(text: str) -> None:
    with pytest.raises(WrongPassphrase, match="the passphrase"):
        Passphrase(saying(text)).lock(FILE_KEY)


def test_passphrase_is_refused_above_its_limit_in_bytes() -> None:
    assert len(prepare("ü" * (MAX_PASSPHRASE // 2))) == MAX_PASSPHRASE
    with pytest.raises(WrongPassphrase, match="4096 bytes"):
        prepare("ü" * (MAX_PASSPHRASE // 2) + "u")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Mu\u0308ller", "Müller"),
        ("a\u00a0b", "a b"),
        ("a\u3000b", "a b"),
        ("\u212b", "\u00c5"),  # the sign for angstrom is canonically the letter
        ("密码", "密码"),
    ],
)
def test_keyboards_that_spell_a_word_differently_open_the_same_file(typed: str, meant: str) -> None:
    assert prepare(typed) == meant.encode()


@pytest.mark.parametrize(("one", "other"), [("ﬁx", "fix"), ("Ａ", "A"), ("Straße", "Strasse"), ("a", "A"), ("a ", "a")])
def test_characters_that_look_alike_are_not_merged(one: str, other: str) -> None:
    assert prepare(one) != prepare(other)


def test_preparing_twice_changes_nothing_more() -> None:
    once = prepare("u\u0308\u00a0\u1e9b\u0323 é")
    assert prepare(once.decode()) == once


def test_repr_shows_no_passphrase() -> None:
    assert WORDS not in repr(Passphrase(saying(WORDS)))
