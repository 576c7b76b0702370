"""The header: one spelling, bounded, its MAC checked, and no more than that believed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.age import BadKey, Identity, Stanza, generate
from keys.age.stanza import encode_argument
from vault.sealing import header
from vault.sealing.errors import Damaged, NotForUs

FILE_KEY = b"YELLOW SUBMARINE"
INTRO = b"age-encryption.org/v1\n"
MAC = b"--- " + b"A" * 43 + b"\n"
IDENTITY = generate(hybrid=False)
HEAD = header.wrap(FILE_KEY, [IDENTITY.recipient()])


def grease(count: int, body: bytes = b"") -> bytes:
    """Stanzas of a type nobody knows."""
    return b"".join(b"-> grease %d\n%s\n" % (number, body) for number in range(count))


def part(data: bytes) -> str:
    """Where `header.parse` finds the damage."""
    with pytest.raises(Damaged) as caught:
        header.parse(data)
    return caught.value.part


# --- wrap and unwrap


def test_file_key_comes_back(classic: Identity, hybrid: Identity) -> None:
    for identity in (classic, hybrid):
        assert header.unwrap(header.wrap(FILE_KEY, [identity.recipient()]), [identity]) == FILE_KEY


def test_each_recipient_opens_and_nobody_else() -> None:
    identities = [generate(hybrid=True) for _ in range(3)]
    head = header.wrap(FILE_KEY, [identity.recipient() for identity in identities])
    for identity in identities:
        assert header.unwrap(head, [identity]) == FILE_KEY
    with pytest.raises(NotForUs, match="sealed to 3 recipients"):
        header.unwrap(head, [generate(hybrid=True), IDENTITY])


def test_any_identity_at_hand_will_do(classic: Identity, hybrid: Identity) -> None:
    assert header.unwrap(HEAD, [hybrid, classic, IDENTITY]) == FILE_KEY


def test_no_identity_opens_nothing() -> None:
    with pytest.raises(NotForUs):
        header.unwrap(HEAD, [])


def test_hybrid_and_classic_recipients_are_not_mixed(classic: Identity, hybrid: Identity) -> None:
    with pytest.raises(BadKey, match="cannot be mixed"):
        header.wrap(FILE_KEY, [hybrid.recipient(), classic.recipient()])


@pytest.mark.parametrize("count", [0, 65])
def test_number_of_recipients_is_1_to_64(classic: Identity, count: int) -> None:
    with pytest.raises(ValueError, match=f"not {count}"):
        header.wrap(FILE_KEY, [classic.recipient()] * count)


def test_64_hybrid_recipients_fit_the_limit(hybrid: Identity) -> None:
    head = header.wrap(FILE_KEY, [hybrid.recipient()] * 64)
    assert len(head) < header.MAX_SIZE
    assert header.unwrap(head, [hybrid]) == FILE_KEY


def test_header_of_just_the_limit_is_read_and_of_a_byte_more_is_not() -> None:
    body = (b"A" * 64 + b"\n") * 2_000 + b"\n"
    room = header.MAX_SIZE - len(INTRO + b"-> \n" + body + MAC)
    assert header.parse(INTRO + b"-> " + b"x" * room + b"\n" + body + MAC).stanzas[0].type == "x" * room
    assert part(INTRO + b"-> " + b"x" * (room + 1) + b"\n" + body + MAC) == "header"


def test_changed_mac_is_damage() -> None:
    mac = HEAD.index(b"\n--- ") + 5
    changed = HEAD[:mac] + (b"B" if HEAD[mac:][:1] == b"A" else b"A") + HEAD[mac + 1 :]
    with pytest.raises(Damaged) as caught:
        header.unwrap(changed, [IDENTITY])
    assert caught.value.part == "MAC"


def test_added_stanza_is_damage() -> None:
    changed = HEAD.replace(b"\n--- ", b"\n" + grease(1) + b"--- ")
    with pytest.raises(Damaged) as caught:
        header.unwrap(changed, [IDENTITY])
    assert caught.value.part == "MAC"


@given(st.integers(0, len(HEAD) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(place: int, change: int) -> None:
    changed = HEAD[:place] + bytes([HEAD[place] ^ change]) + HEAD[place + 1 :]
    with pytest.raises((Damaged, NotForUs)):
        header.unwrap(changed, [IDENTITY])


@given(st.integers(0, len(HEAD) - 1))
def test_no_cut_goes_unnoticed(length: int) -> None:
    with pytest.raises(Damaged):
        header.unwrap(HEAD[:length], [IDENTITY])


def test_malformed_stanza_of_our_type_is_damage(classic: Identity) -> None:
    data = INTRO + b"-> X25519 AAAA\n\n" + MAC
    with pytest.raises(Damaged, match="stanza X25519: expected an argument of 32 bytes, found 3"):
        header.unwrap(data, [classic])


def test_check_says_whose_it_is(classic: Identity) -> None:
    header.check(HEAD, [IDENTITY])
    with pytest.raises(NotForUs):
        header.check(HEAD, [classic])


def test_rewrapped_header_gives_the_same_file_key_to_others_only(hybrid: Identity) -> None:
    again = header.rewrap(HEAD, [IDENTITY], [hybrid.recipient()])
    assert header.unwrap(again, [hybrid]) == FILE_KEY
    with pytest.raises(NotForUs):
        header.unwrap(again, [IDENTITY])


def test_who_cannot_open_a_header_cannot_rewrap_it(hybrid: Identity) -> None:
    with pytest.raises(NotForUs):
        header.rewrap(HEAD, [hybrid], [hybrid.recipient()])


# --- passphrases


def test_passphrase_is_refused_with_what_is_supported(classic: Identity) -> None:
    data = INTRO + b"-> scrypt bnVmZg 18\n" + b"A" * 43 + b"\n" + MAC
    with pytest.raises(NotForUs, match=r"passphrase \(scrypt\): not supported, only X25519 and mlkem768x25519"):
        header.unwrap(data, [classic])


def test_passphrase_beside_a_recipient_is_damage_even_for_the_recipient() -> None:
    # Else whoever is a recipient could make files that seem to come from one who knows the passphrase.
    data = HEAD.replace(b"\n--- ", b"\n-> scrypt bnVmZg 18\n" + b"A" * 43 + b"\n--- ")
    with pytest.raises(Damaged, match="not the only one"):
        header.unwrap(data, [IDENTITY])


# --- parse


def test_stanza_is_read_as_printed() -> None:
    data = INTRO + b"-> a b !~\n" + b"A" * 64 + b"\nAAAA\n" + MAC
    assert header.parse(data) == header.Header((Stanza("a", ("b", "!~"), bytes(51)),), bytes(32))


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 96, 97])
def test_body_of_any_length_has_one_spelling(size: int) -> None:
    text = encode_argument(bytes(size))
    lines = [text[start : start + 64] for start in range(0, len(text) + 1, 64)]
    data = INTRO + b"-> a\n" + "\n".join(lines).encode() + b"\n" + MAC
    assert header.parse(data).stanzas == (Stanza("a", (), bytes(size)),)


REJECTS = {
    "nothing": b"",
    "another version": b"age-encryption.org/v2\n" + grease(1) + MAC,
    "CRLF": (INTRO + grease(1) + MAC).replace(b"\n", b"\r\n"),
    "byte order mark": b"\xef\xbb\xbf" + INTRO + grease(1) + MAC,
    "no stanza": INTRO + MAC,
    "no MAC": INTRO + grease(1),
    "MAC without its line end": INTRO + grease(1) + MAC[:-1],
    "MAC too short": INTRO + grease(1) + MAC[:-2] + b"\n",
    "MAC padded": INTRO + grease(1) + MAC[:-1] + b"=\n",
    "MAC not canonical": INTRO + grease(1) + MAC[:-2] + b"B\n",
    "MAC with two spaces": INTRO + grease(1) + MAC.replace(b" ", b"  "),
    "two MACs": INTRO + grease(1) + MAC + MAC,
    "bytes after the MAC": INTRO + grease(1) + MAC + b"\n",
    "stanza after the MAC": INTRO + MAC + grease(1),
    "empty line between stanzas": INTRO + b"-> a\n\n\n" + MAC,
    "stanza without a body": INTRO + b"-> a\n" + MAC,
    "stanza without a type": INTRO + b"-> \n\n" + MAC,
    "empty argument": INTRO + b"-> a  b\n\n" + MAC,
    "space at the end of a line": INTRO + b"-> a \n\n" + MAC,
    "no space after the arrow": INTRO + b"->a\n\n" + MAC,
    "tab": INTRO + b"-> a\tb\n\n" + MAC,
    "control character": INTRO + b"-> a\x00\n\n" + MAC,
    "DEL": INTRO + b"-> a\x7f\n\n" + MAC,
    "letter beyond ASCII": INTRO + "-> ä\n\n".encode() + MAC,
    "padded body": INTRO + b"-> a\nAA==\n" + MAC,
    "body not canonical": INTRO + b"-> a\nAB\n" + MAC,
    "body of one character": INTRO + b"-> a\nA\n" + MAC,
    "URL base64": INTRO + b"-> a\n__--\n" + MAC,
    "line of 65 characters": INTRO + b"-> a\n" + b"A" * 65 + b"\n\n" + MAC,
    "full line without a short one": INTRO + b"-> a\n" + b"A" * 64 + b"\n" + MAC,
    "short line before another": INTRO + b"-> a\nAAAA\nAAAA\n" + MAC,
    "65 stanzas": INTRO + grease(65) + MAC,
    "17 arguments": INTRO + b"-> a" + b" b" * 17 + b"\n\n" + MAC,
    "over 128 KiB": INTRO + b"-> a " + b"b" * header.MAX_SIZE + b"\n\n" + MAC,
}


@pytest.mark.parametrize("data", REJECTS.values(), ids=REJECTS)
def test_malformed_header_is_damaged(data: bytes) -> None:
    assert part(data) == "header"


@pytest.mark.parametrize(
    "data",
    [INTRO + grease(64) + MAC, INTRO + b"-> a" + b" b" * 16 + b"\n\n" + MAC],
    ids=["64 stanzas", "16 arguments"],
)
def test_header_at_its_limits_is_read(data: bytes) -> None:
    header.parse(data)


def test_damage_names_the_line() -> None:
    with pytest.raises(Damaged, match="line 6 starts neither"):
        header.parse(INTRO + grease(2) + b"-> \n\n" + MAC)


@given(st.binary(max_size=200))
def test_hostile_bytes_are_damaged_and_nothing_worse(data: bytes) -> None:
    for hostile in (data, INTRO + data, INTRO + b"-> " + data + MAC):
        try:
            header.parse(hostile)
        except Damaged:
            continue


@given(
    st.lists(
        st.builds(
            Stanza,
            st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9),
            st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), max_size=3).map(tuple),
            st.binary(max_size=200),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_whatever_recipients_write_is_read_back(stanzas: list[Stanza]) -> None:
    class Writer:
        post_quantum = False

        def __init__(self, stanza: Stanza) -> None:
            self._stanza = stanza

        def wrap(self, file_key: bytes) -> Stanza:
            return self._stanza

    assert header.parse(header.wrap(FILE_KEY, [Writer(stanza) for stanza in stanzas])).stanzas == tuple(stanzas)


# --- split


def test_whole_file_is_split_behind_the_mac() -> None:
    for payload in (b"", b"payload", b"\n--- x\n", MAC):
        assert header.split(HEAD + payload) == (HEAD, payload)


@pytest.mark.parametrize("data", [b"", INTRO, HEAD[:-1], b"A" * 200_000, INTRO + b"\n" * header.MAX_SIZE + MAC])
def test_file_without_the_end_of_a_header_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged, match="no line with a MAC") as caught:
        header.split(data)
    assert caught.value.part == "header"


def test_two_wrappings_of_a_file_key_share_only_their_frame() -> None:
    again = header.wrap(FILE_KEY, [IDENTITY.recipient()])
    frame = re.compile(rb"age-encryption\.org/v1\n-> X25519 [^\n]{43}\n[^\n]{43}\n--- [^\n]{43}\n")
    assert frame.fullmatch(HEAD)
    assert frame.fullmatch(again)
    assert not set(HEAD.splitlines()[2:]) & set(again.splitlines()[2:])
