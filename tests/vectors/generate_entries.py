"""Entries as bytes, most of them wrong in one thing only: every text is signed by the member it names."""

from base64 import b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence.ledgers import ORIGIN, log_lines, member_line, recipient, signer, vrf_line
from tests.evidence.signers import Log, Signer, witness
from vault.evidence.note import Signature, render

ABOUT = (
    "Entries of a ledger, docs/format/entry.md. `entry` is the whole note, `entry-hex` where it is not UTF-8. expect: "
    "accept (then what it says is given, hashes in base64) or reject, by its form alone. Nearly all signatures hold."
)
Lines = list[str]

EMPTY = b64encode(sha256(b"").digest()).decode()
TIME = "2026-11-22T17:39:28.123456Z"


def hashed(word: str) -> str:
    """Base64 of some 32 bytes."""
    return b64encode(sha256(word.encode()).digest()).decode()


_TAGS = [f"tag {hashed(word)}" for word in sorted("abcdefgh", key=lambda word: sha256(word.encode()).digest())]
_RECORD = f"record {hashed('record')}"
_PREVIOUS = f"previous {hashed('previous')}"
_HEAD = ["disclosure-vault/entry/v1", ORIGIN, "17", "disclosure", TIME]
_GOOD = [*_HEAD, _RECORD, *_TAGS, _PREVIOUS]
_HEX = sha256(b"some file").hexdigest()
_KEYRING = f"keyring {_HEX}"
_GENESIS = [*log_lines(Log(ORIGIN)), vrf_line(1), member_line("m1", "custodian"), _KEYRING]
_TREE = f"checkpoint 16 {hashed('root')}"
_TOKEN = f"token {_HEX}"
_SAFE = str.maketrans("+/", "-_")
_ADDRESS = next(hashed(word) for word in map(str, range(99)) if "+" in hashed(word) and "/" in hashed(word))


def _note(lines: Lines, by: str = "m2") -> bytes:
    text = "".join(f"{line}\n" for line in lines)
    return render(text, [signer(by).sign(text)])


def _with(number: int, line: str) -> Lines:
    """The good entry with another line in the place of this one, counted from 1."""
    return [*_GOOD[: number - 1], line, *_GOOD[number:]]


def _public(kind: str, *lines: str, seq: int = 17) -> Lines:
    return [*_HEAD[:2], str(seq), kind, TIME, *lines, f"previous {EMPTY}" if seq == 0 else _PREVIOUS]


def _case(name: str, leaf: bytes, why: str = "") -> vectors.Case:
    try:
        shown = {"entry": leaf.decode()}
    except UnicodeDecodeError:
        shown = {"entry-hex": leaf.hex()}
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **shown}


def _accept(name: str, lines: Lines, by: str = "m2") -> vectors.Case:
    leaf = _note(lines, by)
    words = [line.split(" ", 1) for line in lines[5:]]
    return {
        **_case(name, leaf),
        "origin": lines[1],
        "seq": int(lines[2]),
        "kind": lines[3],
        "time": lines[4],
        "record": next((value for word, value in words if word == "record"), None),
        "tags": [value for word, value in words if word == "tag"],
        "lines": [line for line in lines[5:-1] if line.split(" ")[0] not in ("record", "tag")],
        "previous": words[-1][1],
        "signer": by,
        "leaf-hash": b64encode(sha256(b"\0" + leaf).digest()).decode(),
    }


def build() -> str:
    """The text of the vector file."""
    cases = [*_good_entries(), *_good_public(), *_bad_lines(), *_bad_origins(), *_bad_orders(), *_bad_tags()]
    cases += [*_bad_bytes(), *_bad_signatures(), *_bad_kinds(), *_bad_public(), *_bad_sizes(), *_bad_members()]
    return vectors.spell(ABOUT, cases)


def _good_entries() -> list[vectors.Case]:
    many = sorted(sha256(b"%d" % number).digest() for number in range(1200))
    full = [f"tag {b64encode(tag).decode()}" for tag in many]
    return [
        _accept("a disclosure with eight tags", _GOOD),
        _accept("no tags", [*_HEAD, _RECORD, _PREVIOUS]),
        _accept("1,200 tags", [*_HEAD, _RECORD, *full, _PREVIOUS]),
        _accept("number 2^63 - 1", _with(3, str(2**63 - 1))),
        _accept("signed by m999999", _GOOD, "m999999"),
        _accept("the last microsecond of a leap day", _with(5, "2028-02-29T23:59:59.999999Z")),
        _accept("a year of four digits only by its zeros", _with(5, "0001-01-01T00:00:00.000000Z")),
        _accept("an unknown kind with a record", _with(4, "weather-report")),
        _accept("a kind of 32 characters", _with(4, "k" * 32)),
    ]


def _good_public() -> list[vectors.Case]:
    cosignature = witness("witness.example/w1").cosign(f"{ORIGIN}\n16\n{hashed('root')}\n", 1_795_369_408)
    hollow = Signature("witness.example/w2", bytes(4), bytes(8 + 2420))
    old = f"continues {_HEX} 9 {hashed('old')}"
    hybrid = " ".join([*member_line("m2", "reader").split(" ")[:4], recipient("hybrid", hybrid=True)])
    return [
        _accept("genesis", _public("genesis", *_GENESIS, seq=0), "m1"),
        _accept("genesis that continues a ledger", _public("genesis", *_GENESIS, old, seq=0), "m1"),
        _accept("key: a member joins", _public("key", member_line("m2", "recorder,reader"), _KEYRING), "m1"),
        _accept("key: a member with a hybrid recipient", _public("key", hybrid, _KEYRING), "m1"),
        _accept(
            "key: everything at once",
            _public(
                "key", *log_lines(Log(ORIGIN)), vrf_line(2), member_line("m9", "auditor"),
                member_line("m10", "checkpointer"), "remove m3", "remove m20", "revoke m4 9", "revoke m5 17", _KEYRING,
            ),
            "m1",
        ),
        _accept("index", _public("index", f"index 17 {hashed('index')}"), "m1"),
        _accept("anchor by a token", _public("anchor", _TREE, _TOKEN), "m1"),
        _accept("anchor by a cosignature", _public("anchor", _TREE, f"cosignature {cosignature}"), "m1"),
        _accept("anchor by an ML-DSA-44 cosignature", _public("anchor", _TREE, f"cosignature {hollow}"), "m1"),
        _accept("anchor by a WORM copy", _public("anchor", _TREE, "worm bucket a 2036-11-22"), "m1"),
        _accept("policy", _public("policy", "rule approvals 2", "rule retention.default 10 years"), "m1"),
        _accept("backup", _public("backup", "size 17", f"objects 0 {_HEX}"), "m1"),
        _accept("backup with a drill", _public("backup", "size 1", f"objects 12 {_HEX}", "drill failed"), "m1"),
        _accept("approval", _public("approval", f"approves {hashed('approved')}")),
        _accept("an unknown kind with public lines", _public("weather-report", "sky blue and clear", "wind 3")),
    ]  # fmt: skip


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
        "record without padding": (6, _RECORD[:-1], "canonical base64 of 32 bytes"),
        "record with a loose bit": (6, f"{_RECORD[:-2]}{chr(ord(_RECORD[-2]) + 1)}=", "canonical base64 of 32 bytes"),
        "record in the alphabet for addresses": (6, f"record {_ADDRESS.translate(_SAFE)}", "the standard alphabet"),
        "record of 31 bytes": (6, f"record {b64encode(bytes(31)).decode()}", "32 bytes"),
        "record of 33 bytes": (6, f"record {b64encode(bytes(33)).decode()}", "32 bytes"),
        "record in hex": (6, f"record {_HEX}", "base64"),
        "record with two spaces": (6, _RECORD.replace(" ", "  "), "one space"),
        "record in capitals": (6, _RECORD.replace("record", "Record"), "the word record"),
        "record with something behind": (6, f"{_RECORD} x", "nothing behind the root"),
        "previous of 31 bytes": (15, f"previous {b64encode(bytes(31)).decode()}", "32 bytes"),
        "previous with a loose bit": (15, f"{_PREVIOUS[:-2]}{chr(ord(_PREVIOUS[-2]) + 1)}=", "canonical base64"),
        "previous missing": (15, _TAGS[-1], "previous is the last line"),
        "previous under another name": (15, _PREVIOUS.replace("previous", "prev"), "previous is the last line"),
        "previous with a space behind": (15, f"{_PREVIOUS} ", "one spelling"),
    }  # fmt: skip
    return [_case(name, _note(_with(number, line)), why) for name, (number, line, why) in lines.items()]


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
    cases = []
    for name, (origin, why) in origins.items():
        text = "".join(f"{line}\n" for line in _with(2, origin))
        signature = signer("m2").sign(text)._replace(name=f"{origin}/m2")
        cases.append(_case(name, render(text, [signature]), why))
    return cases


def _bad_orders() -> list[vectors.Case]:
    orders = {
        "no lines at all": ([], "eight lines or more"),
        "only the version": (_HEAD[:1], "eight lines or more"),
        "head alone": (_HEAD, "a record or public lines, and previous"),
        "neither record nor lines": ([*_HEAD, _PREVIOUS], "a record or public lines"),
        "no origin": ([_HEAD[0], *_GOOD[2:]], "all five head lines"),
        "no time": ([*_HEAD[:4], *_GOOD[5:]], "all five head lines"),
        "time before kind": ([*_HEAD[:3], TIME, "disclosure", *_GOOD[5:]], "the order of the head"),
        "a line more in the head": ([*_HEAD, "x", *_GOOD[5:]], "five head lines"),
        "an empty line in the head": ([*_HEAD, "", *_GOOD[5:]], "no empty line in the text"),
        "an empty line at the end of the text": ([*_GOOD, ""], "no empty line in the text"),
        "previous twice": ([*_GOOD, _PREVIOUS], "one previous"),
        "previous before the record": ([*_HEAD, _PREVIOUS, _RECORD], "previous is the last line"),
        "a line after previous": ([*_GOOD, "note late"], "previous is the last line"),
        "two records": ([*_HEAD, _RECORD, _RECORD, _PREVIOUS], "one record"),
        "tags before the record": ([*_HEAD, *_TAGS, _RECORD, _PREVIOUS], "record, then tags"),
        "tags without a record": ([*_HEAD, *_TAGS, _PREVIOUS], "tags belong to a record"),
        "a record and a public line": ([*_HEAD, _RECORD, "note late", _PREVIOUS], "one or the other"),
        "tags and a public line": ([*_HEAD, _RECORD, *_TAGS, "note late", _PREVIOUS], "one or the other"),
    }
    return [_case(name, _note(lines), why) for name, (lines, why) in orders.items()]


def _bad_tags() -> list[vectors.Case]:
    one, two = _TAGS[:2]
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
    return [_case(name, _note([*_HEAD, _RECORD, *lines, _PREVIOUS]), why) for name, (lines, why) in tags.items()]


# 0xf8.. is `+` in base64 and 0x00.. is `A`: `+` sorts before `A` as a character, and after it as bytes.
_TAG_PLUS = f"tag {b64encode(bytes([0xF8] + [0] * 31)).decode()}"
_TAG_A = f"tag {b64encode(bytes(32)).decode()}"


def _bad_bytes() -> list[vectors.Case]:
    good = _note(_GOOD)
    text, _, line = good.partition(b"\n\n")
    huge = [f"rain {'x' * 60}"] * 1000
    return [
        _case("nothing", b"", "a signed note"),
        _case("carriage returns", good.replace(b"\n", b"\r\n"), "no control character but LF"),
        _case("a NUL at the end", good + b"\0", "no control character but LF"),
        _case("a tab", good.replace(b"record ", b"record\t"), "no control character but LF"),
        _case("a byte order mark", b"\xef\xbb\xbf" + good, "the first line is the version, exactly"),
        _case("not UTF-8", good.replace(b"magnets", b"magn\xffts"), "ASCII"),
        _case("an overlong line feed", good.replace(b"\n17", b"\xc0\x8a17"), "ASCII"),
        _case("no LF at the end", good[:-1], "every line ends in LF"),
        _case("an LF more at the end", good + b"\n", "one empty line, before the signature"),
        _case("two empty lines before the signature", text + b"\n\n\n" + line, "one empty line"),
        _case("no empty line", text + b"\n" + line, "one empty line"),
        _case("words before the note", b"hello\n" + good, "the first line is the version"),
        _case("words after the signature", good + b"hello\n", "one signature line and nothing else"),
        _case("65,536 bytes or more", _note(_public("weather-report", *huge)), "at most 65,535 bytes"),
    ]


def _bad_signatures() -> list[vectors.Case]:
    text = "".join(f"{line}\n" for line in _GOOD)
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
    cases = [_case(name, render(text, lines), why) for name, (lines, why) in bodies.items()]
    leaf = render(text, [good])
    return [
        *cases,
        _case("a hyphen for the dash", leaf.replace("—".encode(), b"-"), "an em dash begins a signature line"),
        _case("an en dash for the dash", leaf.replace("—".encode(), "–".encode()), "an em dash"),
        _case("a space behind the signature", leaf[:-1] + b" \n", "one spelling"),
        _case("a signature with a loose bit", leaf[:-3] + bytes([leaf[-3] + 1]) + b"=\n", "canonical base64"),
    ]


def _bad_kinds() -> list[vectors.Case]:
    first = [*_HEAD[:2], "0", "disclosure", TIME, _RECORD, f"previous {EMPTY}"]
    genesis = _public("genesis", *_GENESIS, seq=0)
    bodies = {
        "entry 0 that is no genesis": (first, "m1", "entry 0 is the genesis"),
        "genesis as entry 17": (_public("genesis", *_GENESIS), "m1", "the genesis is entry 0"),
        "genesis after something": ([*genesis[:-1], _PREVIOUS], "m1", "before entry 0 is the empty tree"),
        "genesis with a record": ([*_HEAD[:2], "0", "genesis", TIME, _RECORD, genesis[-1]], "m1", "public lines"),
        "key with a record": (_with(4, "key"), "m1", "public lines"),
        "index with a record": (_with(4, "index"), "m1", "public lines"),
        "approval with a record": (_with(4, "approval"), "m2", "public lines"),
        "disclosure with public lines": (_public("disclosure", "note late"), "m2", "a record"),
        "hold with public lines": (_public("hold", "reason lawsuit"), "m1", "a record"),
        "an unknown kind with a line `record`": (_public("weather-report", "record high"), "m2", "reserved"),
        "an unknown kind with a line `tag`": (_public("weather-report", "sky blue", _TAGS[0]), "m2", "reserved"),
        "an unknown kind with a line `previous`": (_public("weather-report", "previous day"), "m2", "reserved"),
        "an unknown kind with a cosignature": (_public("weather-report", "cosignature — sky blue"), "m2", "reserved"),
        "an unknown kind with a line `cosignature`": (_public("weather-report", "cosignature x"), "m2", "reserved"),
        "an unknown kind with a bare word": (_public("weather-report", "rain"), "m2", "a word and its values"),
        "an unknown kind with two spaces": (_public("weather-report", "sky  blue"), "m2", "single spaces"),
        "an unknown kind with a space at the end": (_public("weather-report", "sky blue "), "m2", "single spaces"),
        "an unknown kind beyond ASCII": (_public("weather-report", "sky blåu"), "m2", "printable ASCII"),
        "an unknown kind with DEL": (_public("weather-report", "sky \x7f"), "m2", "printable ASCII"),
        "an unknown kind with a capital": (_public("weather-report", "Sky blue"), "m2", "a lower-case word"),
    }
    return [_case(name, _note(lines, by), why) for name, (lines, by, why) in bodies.items()]


def _bad_public() -> list[vectors.Case]:
    log, vrf, member = _GENESIS[:2], _GENESIS[2], _GENESIS[3]
    two = member_line("m2", "recorder")
    joint = witness(ORIGIN).key
    cosigned = witness("witness.example/w1").cosign(f"{ORIGIN}\n16\n{hashed('root')}\n", 9)
    bare = str(cosigned).split(" ")[2]
    foreign, plus = (Signature(name, bytes(4), bytes(72)) for name in ("zeugé", "w+1"))
    plain = Signature("w", bytes(4), bytes(64))
    swapped = [member_line(name, "reader") for name in ("m10", "m9")]
    bodies: dict[str, tuple[str, Lines, str]] = {
        "genesis without log keys": ("genesis", [vrf, member, _KEYRING], "both log keys"),
        "genesis with one log key": ("genesis", [log[0], vrf, member, _KEYRING], "both log keys"),
        "genesis with the log keys swapped": ("genesis", [*log[::-1], vrf, member, _KEYRING], "Ed25519 first"),
        "genesis with the Ed25519 key twice": ("genesis", [log[0], log[0], vrf, member, _KEYRING], "one of each"),
        "genesis with a witness as log key": ("genesis", [log[0], f"log {joint}", vrf, member, _KEYRING], "type 1, 6"),
        "genesis without an index key": ("genesis", [*log, member, _KEYRING], "one vrf line"),
        "genesis with two index keys": ("genesis", [*log, vrf, vrf_line(2), member, _KEYRING], "one vrf line"),
        "genesis without a member": ("genesis", [*log, vrf, _KEYRING], "one member"),
        "genesis with two members": ("genesis", [*log, vrf, member, two, _KEYRING], "one member"),
        "genesis without a keyring": ("genesis", [*log, vrf, member], "one keyring"),
        "genesis out of order": ("genesis", [vrf, *log, member, _KEYRING], "the order of the table"),
        "genesis with a line more": ("genesis", [*_GENESIS, "note first"], "only the lines of the table"),
        "genesis that removes": ("genesis", [*log, vrf, member, "remove m2", _KEYRING], "only the lines of the table"),
        "genesis that continues nothing": ("genesis", [*_GENESIS, f"continues {_HEX} 0 {EMPTY}"], "one entry or more"),
        "genesis that continues base64": ("genesis", [*_GENESIS, f"continues {EMPTY} 9 {EMPTY}"], "it is hex"),
        "key without a keyring": ("key", [two], "one keyring"),
        "key with two keyrings": ("key", [two, _KEYRING, _KEYRING], "one keyring"),
        "key with one log key": ("key", [log[0], _KEYRING], "both log keys or none"),
        "key with members not sorted": ("key", [*swapped, _KEYRING], "sorted by number"),
        "key with a member twice": ("key", [two, two, _KEYRING], "each once"),
        "key with keyring before members": ("key", [_KEYRING, two], "the order of the table"),
        "key that removes a person": ("key", ["remove anna", _KEYRING], "m and a number"),
        "key that removes twice": ("key", ["remove m2", "remove m2", _KEYRING], "each once"),
        "key that revokes without a number": ("key", ["revoke m2", _KEYRING], "two fields"),
        "key that revokes from a time": ("key", [f"revoke m2 {TIME}", _KEYRING], "a sequence number, not a time"),
        "key that revokes twice": ("key", ["revoke m2 3", "revoke m2 5", _KEYRING], "each once"),
        "keyring in base64": ("key", [two, f"keyring {EMPTY}"], "64 hex digits"),
        "keyring in capitals": ("key", [two, f"keyring {_HEX.upper()}"], "lower-case hex digits"),
        "vrf without a generation": ("key", [f"vrf {EMPTY}", _KEYRING], "two fields"),
        "vrf of 31 bytes": ("key", [f"vrf 2 {b64encode(bytes(31)).decode()}", _KEYRING], "32 bytes"),
        "index without a root": ("index", ["index 17"], "size and root"),
        "index with two roots": ("index", [f"index 17 {EMPTY}", f"index 17 {EMPTY}"], "one line"),
        "anchor without anything": ("anchor", [_TREE], "a token, cosignature or worm line"),
        "anchor without a checkpoint": ("anchor", [_TOKEN], "one checkpoint"),
        "anchor with a token in base64": ("anchor", [_TREE, f"token {EMPTY}"], "64 hex digits"),
        "anchor with a token twice": ("anchor", [_TREE, _TOKEN, _TOKEN], "each once"),
        "anchor with tokens not sorted": ("anchor", [_TREE, f"token {'f' * 64}", _TOKEN], "sorted"),
        "anchor with a bare cosignature": ("anchor", [_TREE, f"cosignature {bare}"], "the whole line"),
        "anchor with a plain signature": ("anchor", [_TREE, f"cosignature {plain}"], "a time and a signature"),
        "anchor with a cosigner beyond ASCII": ("anchor", [_TREE, f"cosignature {foreign}"], "printable ASCII"),
        "anchor with a cosigner with a plus": ("anchor", [_TREE, f"cosignature {plus}"], "a key name"),
        "anchor with worm before token": ("anchor", [_TREE, "worm tape 9", _TOKEN], "the order of the table"),
        "policy without rules": ("policy", ["note none"], "one rule or more"),
        "policy with a rule without a value": ("policy", ["rule approvals"], "rule <name> <value>"),
        "policy with a rule twice": ("policy", ["rule approvals 1", "rule approvals 2"], "each name once"),
        "policy with rules not sorted": ("policy", ["rule b 1", "rule a 1"], "sorted by name"),
        "policy with a name in capitals": ("policy", ["rule Approvals 2"], "a name in lower case"),
        "policy with a name of 65 characters": ("policy", [f"rule {'r' * 65} 2"], "at most 64"),
        "backup without objects": ("backup", ["size 17"], "one objects line"),
        "backup with a vague drill": ("backup", ["size 17", f"objects 1 {_HEX}", "drill maybe"], "ok or failed"),
        "backup with objects in base64": ("backup", ["size 17", f"objects 1 {EMPTY}"], "64 hex digits"),
        "backup with objects below zero": ("backup", ["size 17", f"objects -1 {_HEX}"], "a number"),
        "approval of nothing": ("approval", ["approves -"], "a root"),
        "approval of two": ("approval", [f"approves {hashed('1')}", f"approves {hashed('2')}"], "one line"),
        "approval with a tag": ("approval", [f"approves {hashed('1')}", _TAGS[0]], "no tags beside public lines"),
    }  # fmt: skip
    return [
        _case(name, _note(_public(kind, *lines, seq=0 if kind == "genesis" else 17), "m1"), why)
        for name, (kind, lines, why) in bodies.items()
    ]


def _bad_sizes() -> list[vectors.Case]:
    bodies = {
        "index of fewer entries": ("index", [f"index 16 {EMPTY}"], "an index covers all entries before it"),
        "index of itself": ("index", [f"index 18 {EMPTY}"], "an index covers all entries before it"),
        "anchor of nothing": ("anchor", [f"checkpoint 0 {EMPTY}", _TOKEN], "one entry or more"),
        "anchor of what is not there": ("anchor", [f"checkpoint 18 {EMPTY}", _TOKEN], "entries before it"),
        "backup of nothing": ("backup", ["size 0", f"objects 0 {_HEX}"], "one entry or more"),
        "backup of what is not there": ("backup", ["size 18", f"objects 0 {_HEX}"], "entries before it"),
    }
    return [_case(name, _note(_public(kind, *lines), "m1"), why) for name, (kind, lines, why) in bodies.items()]


def _bad_members() -> list[vectors.Case]:
    good = member_line("m2", "recorder").split(" ")
    identity = Signature(f"{ORIGIN}/m2", b"", bytes([1, 1]) + bytes(31))  # type and the point (0, 1)
    key_id = sha256(f"{identity.name}\n".encode() + identity.value).digest()[:4].hex()
    no_key = f"{ORIGIN}/m2+{key_id}+{b64encode(identity.value).decode()}"
    fields = {
        "a person": (1, "anna", "m and a number"),
        "no role": (2, "", "one role or more"),
        "an unknown role": (2, "owner", "known roles"),
        "a role twice": (2, "recorder,recorder", "each once"),
        "roles in another order": (2, "reader,recorder", "custodian, recorder, reader, auditor, checkpointer"),
        "roles with a space": (2, "recorder, reader", "separated by commas"),
        "an auditor who records": (2, "recorder,auditor", "auditor stands alone"),
        "a witness key": (3, str(witness(f"{ORIGIN}/m2").key), "an Ed25519 key, type 1"),
        "a key with a wrong id": (3, good[3].replace("+a7", "+a8", 1), "the id right"),
        "the identity point as key": (3, no_key, "of prime order"),
        "a recipient in capitals": (4, good[4].upper(), "Bech32 in lower case"),
        "a recipient too short": (4, good[4][:-1], "58 characters"),
        "a recipient with a 1 in it": (4, good[4][:-1] + "1", "characters of Bech32"),
        "a hybrid recipient too short": (4, recipient("hybrid", hybrid=True)[:-1], "1,952 characters"),
        "a recipient of another sort": (4, f"age1tag1{'q' * 60}", "X25519 or mlkem768x25519"),
        "an identity in its place": (4, f"AGE-SECRET-KEY-1{'Q' * 58}", "a recipient"),
        "a field more": (4, f"{good[4]} x", "four fields"),
    }
    cases = []
    for name, (place, value, why) in fields.items():
        line = " ".join([*good[:place], value, *good[place + 1 :]])
        cases.append(_case(f"member: {name}", _note(_public("key", line, _KEYRING), "m1"), why))
    return cases
