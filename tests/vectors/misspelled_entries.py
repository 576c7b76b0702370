"""Entries that are wrong in their head, order, tags, bytes or signature, most of them in one thing only."""

from base64 import b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence.ledgers import ORIGIN, signer
from tests.evidence.signers import Signer, witness
from tests.vectors.spelling_entries import (
    ADDRESS,
    GOOD,
    HEAD,
    HEX,
    PREVIOUS,
    RECORD,
    SAFE,
    TAGS,
    TIME,
    case,
    note,
    public,
    with_line,
)
from vault.evidence.note import Signature, render


def cases() -> list[vectors.Case]:
    """All of them."""
    return [*_bad_lines(), *_bad_origins(), *_bad_orders(), *_bad_tags(), *_bad_bytes(), *_bad_signatures()]


def _bad_lines() -> list[vectors.Case]:
    lines = {
        "another version": (1, "disclosure-vault/entry/v2", "an unknown version stops the reader"),
        "version with a space": (1, "disclosure-vault/entry/v1 ", "the first line is the version, exactly"),
        "version in capitals": (1, "Disclosure-Vault/entry/v1", "the first line is the version, exactly"),
        "another origin than the signature's": (2, "magnets.example/disclosure", "the key is named after the origin"),
        "number with a zero before": (3, "017", "numbers have one spelling"),
        "number with a sign": (3, "+17", "numbers have one spelling"),
        "number below zero": (3, "-17", "numbers have one spelling"),
        "number in wide digits": (3, "１７", "ASCII digits"),
        "number with an underscore": (3, "1_7", "ASCII digits"),
        "number with a space": (3, "17 ", "ASCII digits"),
        "number 2^63": (3, str(2**63), "below 2^63"),
        "number of twenty digits": (3, "1" * 20, "below 2^63"),
        "no number": (3, "", "a sequence number"),
        "kind in capitals": (4, "Disclosure", "lower-case letters and hyphens"),
        "kind with a digit": (4, "disclosure2", "lower-case letters and hyphens"),
        "kind beginning with a hyphen": (4, "-disclosure", "begins with a letter"),
        "kind of 33 characters": (4, "k" * 33, "at most 32"),
        "empty kind": (4, "", "lower-case letters and hyphens"),
        "kind with a Greek o": (4, "disclοsure", "lower-case letters and hyphens"),
        "time with an offset": (5, "2026-11-22T17:39:28.123456+00:00", "UTC is written Z"),
        "time with three decimals": (5, "2026-11-22T17:39:28.123Z", "six decimals"),
        "time without decimals": (5, "2026-11-22T17:39:28Z", "six decimals"),
        "time with a small z": (5, "2026-11-22T17:39:28.123456z", "one spelling"),
        "time with a space": (5, "2026-11-22 17:39:28.123456Z", "one spelling"),
        "time with a comma": (5, "2026-11-22T17:39:28,123456Z", "one spelling"),
        "29 February of no leap year": (5, "2026-02-29T17:39:28.123456Z", "an existing date"),
        "month 13": (5, "2026-13-22T17:39:28.123456Z", "an existing date"),
        "hour 24": (5, "2026-11-22T24:00:00.000000Z", "the next midnight has another spelling"),
        "second 60": (5, "2026-11-22T23:59:60.000000Z", "seconds end at 59"),
        "year 0": (5, "0000-11-22T17:39:28.123456Z", "an existing date"),
        "week date": (5, "2026-W47-7T17:39:28.123456Z", "one spelling"),
        "record without padding": (6, RECORD[:-1], "canonical base64 of 32 bytes"),
        "record with a loose bit": (6, f"{RECORD[:-2]}{chr(ord(RECORD[-2]) + 1)}=", "canonical base64 of 32 bytes"),
        "record in the alphabet for addresses": (6, f"record {ADDRESS.translate(SAFE)}", "the standard alphabet"),
        "record of 31 bytes": (6, f"record {b64encode(bytes(31)).decode()}", "32 bytes"),
        "record of 33 bytes": (6, f"record {b64encode(bytes(33)).decode()}", "32 bytes"),
        "record in hex": (6, f"record {HEX}", "base64"),
        "record with two spaces": (6, RECORD.replace(" ", "  "), "one space"),
        "record in capitals": (6, RECORD.replace("record", "Record"), "the word record"),
        "record with something behind": (6, f"{RECORD} x", "nothing behind the root"),
        "previous of 31 bytes": (15, f"previous {b64encode(bytes(31)).decode()}", "32 bytes"),
        "previous with a loose bit": (15, f"{PREVIOUS[:-2]}{chr(ord(PREVIOUS[-2]) + 1)}=", "canonical base64"),
        "previous missing": (15, TAGS[-1], "previous is the last line"),
        "previous under another name": (15, PREVIOUS.replace("previous", "prev"), "previous is the last line"),
        "previous with a space behind": (15, f"{PREVIOUS} ", "one spelling"),
    }  # fmt: skip
    return [case(name, note(with_line(number, line)), why) for name, (number, line, why) in lines.items()]


def _bad_origins() -> list[vectors.Case]:
    """Each signed by a member of that very origin."""
    origins = {
        "empty origin": ("", "an origin has 1 to 255 characters"),
        "origin with a space": ("magnets.example disclosures", "no space in an origin"),
        "origin with a plus": ("magnets.example+disclosures", "no + in an origin"),
        "origin with a Cyrillic a": ("mаgnets.example/disclosures", "an origin is printable ASCII"),
        "origin with a zero-width space": ("magnets.\u200bexample/disclosures", "an origin is printable ASCII"),
        "origin with DEL": ("magnets.example/disclosures\x7f", "an origin is printable ASCII"),
        "origin of 253 bytes": ("o" * 253, "the key's name has at most 255 bytes"),
        "origin of 256 bytes": ("o" * 256, "an origin has 1 to 255 characters"),
    }
    found = []
    for name, (origin, why) in origins.items():
        text = "".join(f"{line}\n" for line in with_line(2, origin))
        signature = signer("m2").sign(text)._replace(name=f"{origin}/m2")
        found.append(case(name, render(text, [signature]), why))
    return found


def _bad_orders() -> list[vectors.Case]:
    orders = {
        "no lines at all": ([], "eight lines or more"),
        "only the version": (HEAD[:1], "eight lines or more"),
        "head alone": (HEAD, "a record or public lines, and previous"),
        "neither record nor lines": ([*HEAD, PREVIOUS], "a record or public lines"),
        "no origin": ([HEAD[0], *GOOD[2:]], "all five head lines"),
        "no time": ([*HEAD[:4], *GOOD[5:]], "all five head lines"),
        "time before kind": ([*HEAD[:3], TIME, "disclosure", *GOOD[5:]], "the order of the head"),
        "a line more in the head": ([*HEAD, "x", *GOOD[5:]], "five head lines"),
        "an empty line in the head": ([*HEAD, "", *GOOD[5:]], "no empty line in the text"),
        "an empty line at the end of the text": ([*GOOD, ""], "no empty line in the text"),
        "previous twice": ([*GOOD, PREVIOUS], "one previous"),
        "previous before the record": ([*HEAD, PREVIOUS, RECORD], "previous is the last line"),
        "a line after previous": ([*GOOD, "note late"], "previous is the last line"),
        "two records": ([*HEAD, RECORD, RECORD, PREVIOUS], "one record"),
        "tags before the record": ([*HEAD, *TAGS, RECORD, PREVIOUS], "record, then tags"),
        "tags without a record": ([*HEAD, *TAGS, PREVIOUS], "tags belong to a record"),
        "a record and a public line": ([*HEAD, RECORD, "note late", PREVIOUS], "one or the other"),
        "tags and a public line": ([*HEAD, RECORD, *TAGS, "note late", PREVIOUS], "one or the other"),
    }
    return [case(name, note(lines), why) for name, (lines, why) in orders.items()]


def _bad_tags() -> list[vectors.Case]:
    one, two = TAGS[:2]
    many = sorted(sha256(b"%d" % number).digest() for number in range(1201))
    tags = {
        "tags not sorted": ([two, one], "sorted by their bytes"),
        "tags sorted by their base64": (sorted([_TAG_PLUS, _TAG_A]), "sorted by their bytes, not by their spelling"),
        "a tag twice": ([one, one], "each tag once"),
        "a tag twice, not side by side": ([one, two, one], "each tag once"),
        "1,201 tags": ([f"tag {b64encode(tag).decode()}" for tag in many], "at most 1,200"),
        "a tag of 31 bytes": ([f"tag {b64encode(bytes(31)).decode()}"], "32 bytes"),
        "a tag of 64 bytes": ([f"tag {b64encode(bytes(64)).decode()}"], "32 bytes"),
        "an empty tag": (["tag "], "32 bytes"),
        "a tag with a loose bit": ([f"{one[:-2]}{chr(ord(one[-2]) + 1)}="], "canonical base64"),
        "a tag with two spaces": ([one.replace(" ", "  ")], "one space"),
        "two tags in a line": ([f"{one} {two[4:]}"], "one tag in a line"),
    }
    return [case(name, note([*HEAD, RECORD, *lines, PREVIOUS]), why) for name, (lines, why) in tags.items()]


# 0xf8.. is `+` in base64 and 0x00.. is `A`: `+` sorts before `A` as a character, and after it as bytes.
_TAG_PLUS = f"tag {b64encode(bytes([0xF8] + [0] * 31)).decode()}"
_TAG_A = f"tag {b64encode(bytes(32)).decode()}"


def _bad_bytes() -> list[vectors.Case]:
    good = note(GOOD)
    text, _, line = good.partition(b"\n\n")
    huge = [f"rain {'x' * 60}"] * 1000
    return [
        case("nothing", b"", "a signed note"),
        case("carriage returns", good.replace(b"\n", b"\r\n"), "no control character but LF"),
        case("a NUL at the end", good + b"\0", "no control character but LF"),
        case("a tab", good.replace(b"record ", b"record\t"), "no control character but LF"),
        case("a byte order mark", b"\xef\xbb\xbf" + good, "the first line is the version, exactly"),
        case("not UTF-8", good.replace(b"magnets", b"magn\xffts"), "ASCII"),
        case("an overlong line feed", good.replace(b"\n17", b"\xc0\x8a17"), "ASCII"),
        case("no LF at the end", good[:-1], "every line ends in LF"),
        case("an LF more at the end", good + b"\n", "one empty line, before the signature"),
        case("two empty lines before the signature", text + b"\n\n\n" + line, "one empty line"),
        case("no empty line", text + b"\n" + line, "one empty line"),
        case("words before the note", b"hello\n" + good, "the first line is the version"),
        case("words after the signature", good + b"hello\n", "one signature line and nothing else"),
        case("65,536 bytes or more", note(public("weather-report", *huge)), "at most 65,535 bytes"),
    ]


def _bad_signatures() -> list[vectors.Case]:
    text = "".join(f"{line}\n" for line in GOOD)
    good, other = signer("m2").sign(text), signer("m3").sign(text)

    def named(name: str) -> Signature:
        return Signer(name, "a member of some name").sign(text)

    long = Signature(good.name, good.key_id, good.value + b"\0")
    short = Signature(good.name, good.key_id, good.value[:63])
    bodies = {
        "no signature": ([], "one signature line"),
        "two signatures": ([good, other], "exactly one: a second one is outside the signed text"),
        "one signature twice": ([good, good], "exactly one: a second one is outside the signed text"),
        "a witness beside the member": ([good, witness("witness.example/w1").sign(text)], "exactly one"),
        "signed under the origin": ([named(ORIGIN)], "a log key is no member"),
        "signed by a member of another vault": ([named("magnets.example/others/m2")], "<origin>/m<n>"),
        "a member m0": ([named(f"{ORIGIN}/m0")], "members are numbered from 1"),
        "a member m02": ([named(f"{ORIGIN}/m02")], "no zero before"),
        "a member m1000000": ([named(f"{ORIGIN}/m1000000")], "at most six digits"),
        "a member without a number": ([named(f"{ORIGIN}/m")], "m and a number"),
        "a person's name": ([named(f"{ORIGIN}/anna")], "m and a number"),
        "a member below a member": ([named(f"{ORIGIN}/m2/m3")], "<origin>/m<n>"),
        "a signature of 65 bytes": ([long], "64 bytes"),
        "a signature of 63 bytes": ([short], "64 bytes"),
        "an ML-DSA-44 signature": ([Signature(good.name, good.key_id, bytes(2420))], "64 bytes"),
    }  # fmt: skip
    found = [case(name, render(text, lines), why) for name, (lines, why) in bodies.items()]
    leaf = render(text, [good])
    return [
        *found,
        case("a hyphen for the dash", leaf.replace("—".encode(), b"-"), "an em dash begins a signature line"),
        case("an en dash for the dash", leaf.replace("—".encode(), "–".encode()), "an em dash"),
        case("a space behind the signature", leaf[:-1] + b" \n", "one spelling"),
        case("a signature with a loose bit", leaf[:-3] + bytes([leaf[-3] + 1]) + b"=\n", "canonical base64"),
    ]
