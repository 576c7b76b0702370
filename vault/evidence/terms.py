"""Terms: the strings a record is filed under, which a stranger can form by himself from public facts.

`party:<scheme>:<value>`, `party-name:<CC>:<legal name>`, `subject:…`, `subject-name:…`, `matter:<authority>:<number>`,
`document:<sha256>`, `class:<category>`, `entry:<seq>`. Byte-exact, because one changed byte is another tag and
"nothing was filed under this" would be said of the wrong string. docs/format/entry.md, section Terms.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from vault.evidence.strict import Malformed, decimal, hex_bytes, refuse

MAX_TERM = 4_096  # bytes of UTF-8

_SCHEME = re.compile(r"[a-z][a-z0-9-]*")
_COUNTRY = re.compile(r"[A-Z]{2}|-")
_CATEGORY = re.compile(r"[a-z][a-z0-9-]{0,63}")
_JOINERS = ("\u200c", "\u200d")  # the zero-width characters that Persian and Indic names are spelled with


def register_id(sort: str, scheme: str, value: str) -> str:
    """`party:lei:529900T8BM49AURSDO55`: `sort` is party or subject, `scheme` a register, `value` its number there.

    The scheme is lower-cased; of the value only letters and digits are kept, in upper case, after NFKC (full-width
    digits are common). A letter or digit outside ASCII is refused: dropping it would merge two register numbers.
    """
    scheme = _ascii_case(scheme, str.lower)
    if not _SCHEME.fullmatch(scheme):
        refuse("register id", "a scheme of letters, digits and hyphens, like lei or vat", scheme)
    _refuse_unsteady(value, "register id")
    kept = "".join(c for c in unicodedata.normalize("NFKC", value) if unicodedata.category(c)[0] in "LMN")
    if not kept or not kept.isascii():
        refuse("register id", f"ASCII letters and digits in the {scheme} number", value)
    return _capped(f"{_sort(sort)}:{scheme}:{kept.upper()}")


def legal_name(sort: str, country: str, name: str) -> str:
    """`party-name:CN:ganzhou magnet co., ltd.`: the country is two letters, or empty or `-` if there is none."""
    country = _ascii_case(country, str.upper) or "-"
    if not _COUNTRY.fullmatch(country):
        refuse("country", "two letters (ISO 3166), or - for none", country)
    return _capped(f"{_sort(sort)}-name:{country}:{fold(name, 'legal name')}")


def matter(authority: str, number: str) -> str:
    """`matter:mofcom:2026-117`. A colon in the authority is refused: it would move the border between the two."""
    folded = fold(authority, "authority")
    if ":" in folded:
        refuse("authority", "a name without a colon", authority)
    return _capped(f"matter:{folded}:{fold(number, 'matter number')}")


def document(sha256: bytes) -> str:
    """`document:<64 lower-case hex digits>` of the content's SHA-256 (32 bytes)."""
    if len(sha256) != 32:
        raise ValueError("a document is named by 32 bytes of SHA-256")
    return f"document:{sha256.hex()}"


def category(name: str) -> str:
    """`class:process-flow`."""
    if not _CATEGORY.fullmatch(name):
        refuse("data category", "lower-case letters, digits and hyphens", name)
    return f"class:{name}"


def entry(seq: int) -> str:
    """`entry:17`, under which every follow-up of entry 17 is filed."""
    if not 0 <= seq < 1 << 63:
        raise ValueError("entries are numbered from 0")
    return f"entry:{seq}"


def fold(text: str, where: str) -> str:
    """NFKC(casefold(NFKC(x))), white space to single spaces, trimmed.

    Unicode promises that this stays the same for assigned characters; a code point that the running tables leave
    unassigned could fold otherwise tomorrow and is refused, as is what nobody sees: control and private characters,
    and invisible ones but for the two joiners. [A soft hyphen in a name files it where no stranger looks.]
    """
    _refuse_unsteady(text, where)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spaced = " ".join(folded.split())
    if not spaced:
        refuse(where, "a name that is not empty", text)
    return spaced


def _refuse_unsteady(text: str, where: str) -> None:
    if text.isprintable():  # nothing of what is refused below, and no white space but the space
        return
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cn":
            refuse(where, f"characters assigned in Unicode {unicodedata.unidata_version}", character)
        if kind[0] == "C" and character not in _JOINERS and not _is_white_space(character):
            refuse(where, "visible characters", character)


def _is_white_space(character: str) -> bool:
    # Unicode's White_Space; Python counts four separators of ASCII as well.
    return character.isspace() and not "\x1c" <= character <= "\x1f"


def _ascii_case(text: str, change: Callable[[str], str]) -> str:
    # Outside ASCII a change of case can end inside it: the Kelvin sign is a k, the sharp s two of them.
    return change(text) if text.isascii() else text


def check(term: object, where: str) -> None:
    """Refuse what the functions above would not have made. Terms are secret: none is in the error.

    Of a name with a character that the running tables do not know, how it is folded is left unjudged: a newer writer
    may have known it.
    """
    if not isinstance(term, str):
        refuse(where, f"a term: {', '.join(_FORMED)}")
    try:
        _remembered(term)
    except Malformed:
        _check(term, where)  # once more, to say where
        raise


def _check(term: str, where: str = "record") -> None:
    sort, _, rest = term.partition(":")
    if sort not in _FORMED:
        refuse(where, f"a term: {', '.join(_FORMED)}")
    try:
        if sort in _NAMED and any(unicodedata.category(character) == "Cn" for character in rest):
            _check_unknown(sort, rest, where)
            return
        formed = _FORMED[sort](sort, rest)
    except Malformed as exc:
        raise Malformed(where, f"a term; {exc.where}: {exc.expected}") from None
    if formed != term:
        refuse(where, f"the one spelling of a `{sort}` term")


# The same parties come again in record after record.
_remembered = lru_cache(maxsize=1_000)(_check)


def _check_unknown(sort: str, rest: str, where: str) -> None:
    """What can be judged all the same. [One character that nobody will ever know, and any spelling would pass.]"""
    first, _, name = rest.partition(":")
    known = all(unicodedata.category(character) != "Cn" for character in first)
    spelled = fold(first, where) == first if known and first.strip() else not known
    head = spelled if sort == "matter" else _COUNTRY.fullmatch(first)
    if not head or not name or len(f"{sort}:{rest}".encode()) > MAX_TERM:
        refuse(where, f"the one spelling of a `{sort}` term")
    for character in rest:
        kind = unicodedata.category(character)
        hidden = kind[0] == "C" and kind != "Cn" and character not in _JOINERS
        if hidden or _is_noncharacter(character):
            refuse(where, f"visible characters in a `{sort}` term")


def _is_noncharacter(character: str) -> bool:
    """Of general category Cn for ever: U+FDD0 to U+FDEF, and the last two of each plane (Unicode, section 23.7)."""
    code = ord(character)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _halves(function: Callable[[str, str, str], str]) -> Callable[[str, str], str]:
    def form(sort: str, rest: str) -> str:
        first, _, second = rest.partition(":")
        return function(sort.removesuffix("-name"), first, second)

    return form


_FORMED: dict[str, Callable[[str, str], str]] = {
    "party": _halves(register_id),
    "subject": _halves(register_id),
    "party-name": _halves(legal_name),
    "subject-name": _halves(legal_name),
    "matter": _halves(lambda _, authority, number: matter(authority, number)),
    "document": lambda _, digest: document(hex_bytes(digest, "document", size=32)),
    "class": lambda _, name: category(name),
    "entry": lambda _, seq: entry(decimal(seq, "entry")),
}
_NAMED = ("party-name", "subject-name", "matter")


def _sort(sort: str) -> str:
    if sort not in ("party", "subject"):
        raise ValueError(f"terms are filed for a party or a subject, not for {sort!r}")
    return sort


def _capped(term: str) -> str:
    if len(term.encode()) > MAX_TERM:
        refuse("term", f"at most {MAX_TERM} bytes", f"{len(term.encode())} bytes")
    return term
