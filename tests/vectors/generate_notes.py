"""Writes notes.json: signed notes, and bytes that look like one."""

from base64 import b64encode, urlsafe_b64encode

from tests import vectors
from tests.evidence.signers import Signer
from vault.evidence.note import Signature, render

ABOUT = (
    "Signed notes (C2SP signed-note v1.0.0) under the Ed25519 key `vkey`. Accept: the note parses, at least one line "
    "is by that key and each such line holds. `note-hex` stands where the bytes are not UTF-8. Keys are test keys."
)
_KNOWN = Signer("notes.example/known", "test note key")
_OTHER = Signer("notes.example/other", "test note key, other")
_TEXT = "first line\n第二行\n"
_LINE = _KNOWN.sign(_TEXT)
_HEAD = _TEXT + "\n"
_ENCODED = str(_LINE).rpartition(" ")[2]


def build() -> str:
    """The text of the vector file."""
    cases = [*_good(), *_bad_frames(), *_bad_lines(), *_bad_text(), *_bad_signatures()]
    return vectors.spell(ABOUT, cases, vkey=str(_KNOWN.key))


def _case(name: str, note: bytes, why: str = "", vkey: str = "") -> vectors.Case:
    try:
        shown = {"note": note.decode()}
    except UnicodeDecodeError:
        shown = {"note-hex": note.hex()}
    key = {"vkey": vkey} if vkey else {}
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **key, **shown}


def _by_known(text: str) -> bytes:
    return render(text, [_KNOWN.sign(text)])


def _good() -> list[vectors.Case]:
    unknown_id = Signature(_KNOWN.name, b"\0\0\0\0", bytes(64))
    unknown_name = Signature("notes.example/stranger", _KNOWN.key.id, bytes(64))
    strangers = [Signature(f"notes.example/{i}", b"\0\0\0\0", bytes(64)) for i in range(63)]
    example = (
        "This is an example message.\n\n"
        "— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    return [
        _case("example of the specification", example.encode(), vkey=key),
        _case("one signature", render(_TEXT, [_LINE])),
        _case("one signature twice", render(_TEXT, [_LINE, _LINE])),
        _case("a stranger's line before", render(_TEXT, [_OTHER.sign(_TEXT), _LINE])),
        _case("a bad line with the known name and another id", render(_TEXT, [unknown_id, _LINE])),
        _case("a bad line with the known id and another name", render(_TEXT, [_LINE, unknown_name])),
        _case("64 lines", render(_TEXT, [*strangers, _LINE])),
        _case("text with empty lines", _by_known("one\n\n\ntwo\n\n")),
        _case("text that holds a signature line", _by_known(render(_TEXT, [_LINE]).decode())),
        _case("text of one empty line", _by_known("\n")),
        _case("text with DEL and a bidirectional control", _by_known("a\u007f\u202eb\n")),
        _case("text with a byte order mark", _by_known("\ufeffa\n")),
    ]


def _bad_frames() -> list[vectors.Case]:
    good = render(_TEXT, [_LINE])
    unsigned = "text, an empty line and signature lines are needed"
    return [
        _case("nothing", b"", unsigned),
        _case("one line feed", b"\n", unsigned),
        _case("text alone", _TEXT.encode(), unsigned),
        _case("text and an empty line", _HEAD.encode(), unsigned),
        _case("signature line alone", f"{_LINE}\n".encode(), unsigned),
        _case("signature line alone, over a line feed", f"{_KNOWN.sign(chr(10))}\n".encode(), unsigned),
        _case("no text", f"\n{_LINE}\n".encode(), unsigned),
        _case("no empty line", f"{_TEXT}{_LINE}\n".encode(), unsigned),
        _case("no line feed at the end", good[:-1], "every line ends in a line feed"),
        _case("a letter for the line feed at the end", good[:-1] + b"A", "every line ends in a line feed"),
        _case("an empty line at the end", good + b"\n", "the last empty line ends the text"),
        _case("an empty line between signatures", f"{_HEAD}{_LINE}\n\n{_LINE}\n".encode(), "signs another text"),
        _case("words after the signature", good + b"words\n", "only signature lines after the last empty line"),
        _case("CR LF", good.replace(b"\n", b"\r\n"), "no control characters but line feed"),
    ]


def _bad_lines() -> list[vectors.Case]:
    canonical = "the base64 of these bytes is spelled in one way"
    form = "em dash, space, name, space, base64"
    name = _KNOWN.name
    key_id = b64encode(_KNOWN.key.id).decode()
    lines = {
        "hyphen": (f"- {name} {_ENCODED}", form),
        "en dash": (f"\u2013 {name} {_ENCODED}", form),
        "no space after the dash": (f"—{name} {_ENCODED}", form),
        "two spaces after the dash": (f"—  {name} {_ENCODED}", form),
        "two spaces after the name": (f"— {name}  {_ENCODED}", form),
        "no-break space": (f"— {name}\u00a0{_ENCODED}", form),
        "a space before the dash": (f" — {name} {_ENCODED}", form),
        "a space at the end": (f"— {name} {_ENCODED} ", canonical),
        "no name": (f"— {_ENCODED}", form),
        "no base64": (f"— {name}", form),
        "empty base64": (f"— {name} ", form),
        "empty name": (f"—  {_ENCODED}", "a name is not empty"),
        "plus in the name": (f"— a+b {_ENCODED}", "a name holds no plus"),
        "key id alone": (f"— {_OTHER.name} {key_id}", "at least one byte of signature"),
        "three bytes": (f"— {_OTHER.name} {key_id[:4]}", "at least one byte of signature"),
        "no padding": (f"— {name} {_ENCODED.rstrip('=')}", canonical),
        "a padding more": (f"— {name} {_ENCODED}=", canonical),
        "a bit that no byte needs": (f"— {name} {_ENCODED[:-2]}{chr(ord(_ENCODED[-2]) + 1)}=", canonical),
        "base64 for addresses": (f"— {name} {urlsafe_b64encode(b'?' * 68 + b'>').decode()}", canonical),
        "a letter outside base64": (f"— {name} {_ENCODED[:8]}*{_ENCODED[8:]}", canonical),
        "a letter outside ASCII": (f"— {name} {_ENCODED[:8]}é{_ENCODED[9:]}", canonical),
        "name of 256 bytes": (f"— {'n' * 256} {_ENCODED}", "at most 255 bytes"),
    }
    good = f"{_HEAD}{_LINE}\n"  # with a good line too: one malformed line spoils the note
    return [
        _case(f"a line of this kind: {what}", f"{good}{line}\n".encode(), why) for what, (line, why) in lines.items()
    ]


def _bad_text() -> list[vectors.Case]:
    control, utf8 = "no control characters but line feed", "UTF-8 is needed"
    texts = {
        "NUL": (b"a\0b\n", control),
        "tab": (b"a\tb\n", control),
        "escape": (b"a\x1b[2Jb\n", control),
        "unit separator": (b"a\x1fb\n", control),
        "carriage return": (b"a\rb\n", control),
        "a byte 255": (b"a\xffb\n", utf8),
        "an overlong slash": (b"a\xc0\xafb\n", utf8),
        "a lone surrogate": (b"a\xed\xa0\x80b\n", utf8),
        "a cut letter": (b"a\xe7\xac\n", utf8),
        "beyond U+10FFFF": (b"a\xf4\x90\x80\x80b\n", utf8),
    }
    cases = []
    for what, (text, why) in texts.items():
        value = _KNOWN.secret.sign(text).signature
        line = f"\n{Signature(_KNOWN.name, _KNOWN.key.id, value)}\n".encode()
        cases.append(_case(f"a text of this kind: {what}", text + line, why))
    return cases


def _bad_signatures() -> list[vectors.Case]:
    name, key_id, value = _LINE.name, _LINE.key_id, _LINE.value
    flipped = Signature(name, key_id, value[:-1] + bytes([value[-1] ^ 1]))
    known = "every line by a known key has to hold"
    signed = {
        "by a stranger only": ([_OTHER.sign(_TEXT)], "no line is by the known key"),
        "under another name": ([Signature(_OTHER.name, key_id, value)], "no line is by the known key"),
        "with another id": ([Signature(name, b"\0\0\0\0", value)], "no line is by the known key"),
        "changed": ([flipped], known),
        "good, then changed": ([_LINE, flipped], known),
        "changed, then good": ([flipped, _LINE], known),
        "cut by a byte": ([Signature(name, key_id, value[:-1])], known),
        "longer by a byte": ([Signature(name, key_id, value + b"\0")], known),
        "a stranger's value": ([Signature(name, key_id, _OTHER.sign(_TEXT).value)], known),
        "over another text": ([_KNOWN.sign("another\n")], known),
        "over the text without its last line feed": ([_KNOWN.sign(_TEXT[:-1])], known),
        "over the text and the empty line": ([_KNOWN.sign(_HEAD)], known),
    }
    many = [Signature(f"notes.example/{i}", b"\0\0\0\0", bytes(64)) for i in range(64)]
    return [
        *(_case(f"signed {what}", render(_TEXT, lines), why) for what, (lines, why) in signed.items()),
        _case("65 lines", render(_TEXT, [*many, _LINE]), "at most 64 lines"),
    ]


if __name__ == "__main__":
    vectors.write("notes", build())
