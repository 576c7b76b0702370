"""Records and records shown in part, most of them wrong in one thing only."""

import json
from base64 import b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence.ledgers import Ledger, salts
from tests.vectors import example
from vault.evidence import merkle, record
from vault.evidence.record import Record
from vault.evidence.strict import base64_text

ABOUT = (
    "Records, docs/format/record.md. `record` is the whole record, `record-hex` where it is not UTF-8. expect: accept "
    "(then root and approved root in base64, and the names) or reject."
)
ABOUT_SHOWN = (
    "Records shown in part, docs/format/record.md, each against `entry`, the signed note that commits to it. expect is "
    "accept or reject."
)
Pair = tuple[str, object]

_SALTS = [b64encode(salts("vectors", 3000)[at : at + 16]).decode() for at in range(0, 16 * 3000, 16)]
_HEX = sha256(b"some file").hexdigest()


def _line(number: int, name: str, value: object) -> str:
    return json.dumps([_SALTS[number], name, value], ensure_ascii=False, separators=(",", ":"))


def _text(*pairs: Pair) -> str:
    return "".join(f"{_line(number, name, value)}\n" for number, (name, value) in enumerate(pairs))


def _case(name: str, data: str | bytes, why: str = "") -> vectors.Case:
    shown = {"record": data} if isinstance(data, str) else {"record-hex": data.hex()}
    return {"name": name, "expect": "reject" if why else "accept", "why": why, **shown}


def _accept(name: str, *pairs: Pair) -> vectors.Case:
    text = _text(*pairs)
    inputs = [
        f"{given[0]}\n{b64encode(sha256(line.encode()).digest()).decode()}\n".encode()
        for given, line in zip(pairs, text.split("\n"), strict=False)
    ]
    approved = [
        input_
        for (given, _), input_ in zip(pairs, inputs, strict=True)
        if not given.startswith(("approval.", "clock-reason", "event-time", "late-reason", "reference"))
    ]
    return {
        **_case(name, text),
        "names": [given for given, _ in pairs],
        "root": b64encode(merkle.root(inputs)).decode(),
        "approved-root": b64encode(merkle.root(approved)).decode(),
    }


def build() -> str:
    """The text of the file of whole records."""
    return vectors.spell(ABOUT, [*_good(), *_bad_lines(), *_bad_names(), *_bad_values(), *_bad_bytes()])


def _good() -> list[vectors.Case]:
    control = "".join(map(chr, range(0x20))) + '"\\/\x7f\x80\u2028\u202e\ufeff\U0001f9f2'
    example_pairs = [(line.name, line.value) for line in example.disclosed().lines if isinstance(line, record.Line)]
    return [
        _accept("one line", ("purpose", "licence")),
        _accept("the lines of the example, other salts", *example_pairs),
        _accept("every character that has a spelling of its own", ("note", control)),
        _accept("an empty string", ("note", "")),
        _accept("numbers and booleans", ("a", 0), ("b", 1), ("c", 2**53 - 1), ("d", True), ("e", False)),
        _accept("a name of 64 characters", ("n" * 64, 1)),
        _accept("a name with hyphens and digits in its parts", ("a-1.b2-.-c.0a.7-.8x", 1)),
        _accept("numbers in another order than from 1", ("item.2.size", 1), ("item.1.size", 2), ("item.3.size", 3)),
        _accept("numbers below numbers", ("a.1.b.1", 1), ("a.1.b.2", 2), ("a.2.b.1", 3)),
        _accept("ten of one thing", *((f"page.{number}", number) for number in range(1, 11))),
        _accept("1,000 items", *((f"item.{number}.size", number) for number in range(1, 1001))),
        _accept("1,200 terms", *((f"term.{number}", f"entry:{number}") for number in range(1, 1201))),
        _accept("two approvals", ("a", 1), ("approval.1.entry", 4), ("approval.2.entry", 5), ("approval.1.note", "x")),
        _accept("times without approvals", ("a", 1), ("reference", "r"), ("event-time", "t")),
        _accept("a file name that is not UTF-8", ("item.1.name-bytes", b64encode(b"caf\xe9.pdf").decode())),
        _accept("hashes", ("item.1.sha256", _HEX), ("item.1.payload-sha256", _HEX)),
        _accept("a name that only sounds like a hash", ("mysha256", "no hash"), ("sha256-of", "no hash")),
    ]


def _bad_lines() -> list[vectors.Case]:
    salt = _SALTS[0]
    wide = f'["{salt}","purpose","licence"]'
    lines = {
        "a space behind a comma": (f'["{salt}", "purpose","licence"]', "compact"),
        "a space at the end": (f"{wide} ", "compact"),
        "a space at the beginning": (f" {wide}", "compact"),
        "a carriage return": (f"{wide}\r", "compact"),
        "a slash escaped": (f'["{salt}","purpose","a\\/b"]', "a slash stands for itself"),
        "a letter escaped": (f'["{salt}","purpose","\\u0061"]', "a letter stands for itself"),
        "an umlaut escaped": (f'["{salt}","purpose","\\u00fc"]', "a letter stands for itself"),
        "a control character escaped in capitals": (f'["{salt}","purpose","\\u001F"]', "lower-case hex digits"),
        "a line feed escaped by its number": (f'["{salt}","purpose","\\u000a"]', "\\n has an escape of its own"),
        "a tab that is not escaped": (f'["{salt}","purpose","a\tb"]', "control characters are escaped"),
        "DEL escaped": (f'["{salt}","purpose","\\u007f"]', "DEL stands for itself"),
        "a lone surrogate": (f'["{salt}","purpose","\\ud83e"]', "no lone surrogates"),
        "a pair of surrogates escaped": (f'["{salt}","purpose","\\ud83e\\uddf2"]', "one character, not two escapes"),
        "the name escaped": (f'["{salt}","\\u0070urpose","licence"]', "one spelling for names too"),
        "2^53": (f'["{salt}","size",9007199254740992]', "integers up to 2^53 - 1"),
        "-1": (f'["{salt}","size",-1]', "integers from 0"),
        "-0": (f'["{salt}","size",-0]', "integers have no sign"),
        "007": (f'["{salt}","size",007]', "no leading zero"),
        "1.0": (f'["{salt}","size",1.0]', "no fraction"),
        "1e3": (f'["{salt}","size",1e3]', "no exponent"),
        "a number of 5,000 digits": (f'["{salt}","size",{"9" * 5000}]', "integers up to 2^53 - 1"),
        "null": (f'["{salt}","purpose",null]', "string, integer or boolean"),
        "NaN": (f'["{salt}","purpose",NaN]', "string, integer or boolean"),
        "an array as value": (f'["{salt}","purpose",["licence"]]', "nothing nested"),
        "an object as value": (f'["{salt}","purpose",{{"a":1}}]', "nothing nested"),
        "arrays 100,000 deep": (f'["{salt}","purpose",{"[" * 100_000}', "nothing nested"),
        "True": (f'["{salt}","void",True]', "true and false"),
        "two elements": (f'["{salt}","purpose"]', "three elements"),
        "four elements": (f'["{salt}","purpose","licence",1]', "three elements"),
        "an object": (f'{{"salt":"{salt}","name":"purpose","value":1}}', "an array"),
        "a string": ('"purpose"', "an array"),
        "two arrays": (f"{wide}{wide}", "one array in a line"),
        "a comma at the end": (f'["{salt}","purpose","licence",]', "JSON"),
        "single quotes": (f"['{salt}','purpose','licence']", "JSON"),
        "a number as name": (f'["{salt}",7,"licence"]', "the name is a string"),
        "a number as salt": ('[7,"purpose","licence"]', "the salt is a string"),
        "an empty salt": ('["","purpose","licence"]', "16 bytes of salt"),
        "a salt of 15 bytes": (f'["{b64encode(bytes(15)).decode()}","purpose","licence"]', "16 bytes of salt"),
        "a salt of 17 bytes": (f'["{b64encode(bytes(17)).decode()}","purpose","licence"]', "16 bytes of salt"),
        "a salt without padding": (f'["{salt[:-2]}","purpose","licence"]', "canonical base64"),
        "a salt with a loose bit": ('["AAAAAAAAAAAAAAAAAAAAAB==","purpose","licence"]', "canonical base64"),
        "a salt with a digit missing": (f'["{salt[1:]}","purpose","licence"]', "canonical base64"),
        "a salt with another last digit": (f'["{salt[:-3]}B==","purpose","licence"]', "canonical base64"),
        "a salt in hex": (f'["{"00" * 16}","purpose","licence"]', "base64"),
        "an empty line": ("", "an array"),
    }
    return [_case(name, f"{line}\n", why) for name, (line, why) in lines.items()]


def _bad_names() -> list[vectors.Case]:
    names = {
        "an empty name": ([""], "1 to 64 characters"),
        "a name of 65 characters": (["n" * 65], "1 to 64 characters"),
        "a capital": (["Purpose"], "lower-case letters"),
        "an underscore": (["legal_basis"], "letters, digits, hyphens, dots"),
        "a space": (["legal basis"], "letters, digits, hyphens, dots"),
        "a line feed in a name": (["purpose\n"], "a line feed would end the name in the leaf input"),
        "an umlaut": (["größe"], "ASCII"),
        "a wide letter": (["ｐurpose"], "ASCII"),
        "a dot at the end": (["purpose."], "no empty part"),
        "a dot at the beginning": ([".purpose"], "no empty part"),
        "two dots": (["item..name"], "no empty part"),
        "a number at the beginning": (["1.name"], "the first part begins with a letter"),
        "a hyphen at the beginning": (["-name"], "the first part begins with a letter"),
        "the same name twice": (["purpose", "purpose"], "each name once"),
        "the same name twice, far apart": (["purpose", "method", "purpose"], "each name once"),
        "number 0": (["item.0.name", "item.1.name"], "numbers from 1"),
        "number 01": (["item.01.name"], "no leading zero"),
        "a wide digit": (["item.１.name"], "ASCII"),
        "a number of seven digits": (["item.1000000.name"], "no gap"),
        "no number 1": (["item.2.name"], "no gap"),
        "a gap": (["recipient.1.name", "recipient.3.name"], "no gap"),
        "a gap below a number": (["a.1.b.1", "a.2.b.2"], "no gap"),
        "1,001 items": ([f"item.{number}.size" for number in range(1, 1002)], "at most 1,000"),
        "1,201 terms": ([f"term.{number}" for number in range(1, 1202)], "at most 1,200"),
        "term without a number": (["term"], "term.<n>"),
        "term with more behind": (["term.1.x"], "term.<n>"),
        "term with a word": (["term.x"], "term.<n>"),
        "approval without a number": (["a", "approval.entry"], "approval.<n>.<what>"),
        "approval alone": (["a", "approval"], "approval.<n>.<what>"),
        "approval with only a number": (["a", "approval.1"], "approval.<n>.<what>"),
        "approval with two parts behind": (["a", "approval.1.entry", "approval.1.a.b"], "approval.<n>.<what>"),
        "approval with a word": (["a", "approval.x.entry"], "approval.<n>.<what>"),
        "an approval without its entry": (["a", "approval.1.note"], "approval.<n>.entry for each"),
        "a second approval without its entry": (["a", "approval.1.entry", "approval.2.note"], "approval.<n>.entry"),
        "nothing approved": (["approval.1.entry"], "one approved line or more"),
        "only times": (["event-time"], "one approved line or more"),
        "a line behind the approvals": (["a", "approval.1.entry", "recipient.1.name"], "approved lines come first"),
        "a line behind the time": (["a", "event-time", "note"], "approved lines come first"),
        "a line behind the time's basis": (["a", "event-time-basis", "note"], "approved lines come first"),
        "a line behind the reason for being late": (["a", "late-reason", "note"], "approved lines come first"),
        "a line behind the clock's reason": (["a", "clock-reason", "note"], "approved lines come first"),
        "a line behind the reference": (["a", "reference", "note"], "approved lines come first"),
        "a term behind the approvals": (["a", "approval.1.entry", "term.1"], "approved lines come first"),
        "an approval behind the times": (["a", "event-time", "approval.1.entry"], "approvals before the times"),
    }
    return [
        _case(f"name: {name}", _text(*((given, _value(given)) for given in given_names)), why)
        for name, (given_names, why) in names.items()
    ]


def _value(name: str) -> object:
    if name.startswith("term."):
        return f"entry:{name[5:]}" if name[5:].isdecimal() else "class:price"
    return 3 if name.endswith(".entry") else "x"


def _bad_values() -> list[vectors.Case]:
    pairs: dict[str, tuple[list[Pair], str]] = {
        "a hash in capitals": ([("item.1.sha256", _HEX.upper())], "64 lower-case hex digits"),
        "a hash in base64": ([("item.1.sha256", base64_text(bytes(32)))], "64 lower-case hex digits"),
        "a hash of 63 digits": ([("item.1.sha256", _HEX[1:])], "64 lower-case hex digits"),
        "a payload's hash in capitals": ([("item.1.payload-sha256", _HEX.upper())], "64 lower-case hex digits"),
        "a hash that is a number": ([("sha256", 7)], "a string"),
        "a file name that is UTF-8": ([("item.1.name-bytes", b64encode(b"a.pdf").decode())], "it stands in clear"),
        "a file name that is not base64": ([("item.1.name-bytes", "caf\xe9.pdf")], "base64"),
        "a file name that is true": ([("item.1.name-bytes", True)], "base64"),
        "a term that is a number": ([("term.1", 7)], "a term is a string"),
        "a term of no sort": ([("term.1", "lei:529900T8BM49AURSDO55")], "a sort of term"),
        "a term with its scheme in capitals": ([("term.1", "party:LEI:529900T8BM49AURSDO55")], "one spelling"),
        "a term twice": ([("term.1", "class:price"), ("term.2", "class:price")], "each term once"),
        "an approval by a word": ([("a", 1), ("approval.1.entry", "3")], "an integer"),
        "an approval by true": ([("a", 1), ("approval.1.entry", True)], "an integer"),
    }
    return [_case(f"value: {name}", _text(*given), why) for name, (given, why) in pairs.items()]


def _bad_bytes() -> list[vectors.Case]:
    good = _text(("purpose", "licence"))
    return [
        _case("nothing", "", "one line or more"),
        _case("an LF alone", "\n", "a line is an array"),
        _case("no LF at the end", good[:-1], "each line ends in LF"),
        _case("no LF at the end of two lines", _text(("a", 1), ("b", 2))[:-1], "each line ends in LF"),
        _case("an LF more at the end", good + "\n", "no empty line"),
        _case("carriage returns", good.replace("\n", "\r\n"), "LF alone"),
        _case("a byte order mark", "\ufeff" + good, "no byte order mark"),
        _case("not UTF-8", good.encode().replace(b"licence", b"lic\xffnce"), "UTF-8"),
        _case("a surrogate in UTF-8", good.encode().replace(b"licence", b"\xed\xa0\x80"), "UTF-8"),
        _case("an overlong slash", good.encode().replace(b"licence", b"\xc0\xaf"), "UTF-8"),
    ]


def build_shown() -> str:
    """The text of the file of shown records."""
    return vectors.spell(ABOUT_SHOWN, [*_good_shown(), *_bad_shown(), *_bad_roots()])


def _spell(shown: Record) -> str:
    return record.render_shown(shown).decode()


def _shown(name: str, entry: bytes, shown: str, why: str = "") -> vectors.Case:
    return {
        "name": name, "expect": "reject" if why else "accept", "why": why, "entry": entry.decode(), "shown": shown,
    }  # fmt: skip


_EIGHT = [(f"recipient.{number // 4 + 1}.field-{number % 4}", f"value {number}") for number in range(8)]


def _eight() -> tuple[bytes, Record]:
    """A record of eight lines, and its entry."""
    ledger = Ledger.founded()
    built = ledger.build(_EIGHT)
    return ledger.sign(ledger.entry_of("disclosure", built)), built


def _good_shown() -> list[vectors.Case]:
    entry, built = example.ledger().leaves[3], example.disclosed()
    names = [line.name for line in built.lines]
    return [
        _shown("all lines", entry, _spell(built)),
        _shown("no line", entry, _spell(record.withhold(built, names))),
        _shown("some lines", entry, example.blocks()["shown"]),
        *(
            _shown(f"all but {name}", entry, _spell(record.withhold(built, [name])))
            for name in ("discloser.entity", "term.2", "approval.1.entry", "reference")
        ),
    ]


def _bad_shown() -> list[vectors.Case]:
    entry, built = example.ledger().leaves[3], example.disclosed()
    good = _spell(record.withhold(built, ["purpose"]))
    line = next(line for line in good.split("\n") if line.startswith("- "))
    encoded = line.rpartition(" ")[2]
    changes: dict[str, tuple[str, str, str]] = {
        "another mark": (line, f"+ {line[2:]}", "`= ` or `- `"),
        "no mark": (line, line[2:], "`= ` or `- `"),
        "no space behind the mark": (line, f"-{line[2:]}", "`= ` or `- `"),
        "a withheld line without its name": (line, f"- {encoded}", "name and hash"),
        "a withheld line without its hash": (line, "- purpose", "name and hash"),
        "two spaces": (line, f"- purpose  {encoded}", "one space"),
        "a space at the end": (line, f"{line} ", "one spelling"),
        "a hash in hex": (line, f"- purpose {'00' * 32}", "32 bytes in base64"),
        "a hash of 31 bytes": (line, f"- purpose {base64_text(bytes(31))}", "32 bytes in base64"),
        "a hash with a loose bit": (line, f"{line[:-2]}{chr(ord(line[-2]) + 1)}=", "canonical base64"),
        "another hash": (line, f"- purpose {base64_text(bytes(32))}", "the root"),
        "a name that is no name": (line, f"- Purpose {encoded}", "a name"),
        "another name": (line, f"- purport {encoded}", "the name is in the leaf input"),
        "a line left out": (f"{line}\n", "", "every line counts"),
        "a withheld line twice": (f"{line}\n", f"{line}\n{line}\n", "each name once"),
        "an empty line": (line, "", "`= ` or `- `"),
    }
    cases = [_shown(name, entry, good.replace(old, new, 1), why) for name, (old, new, why) in changes.items()]
    first, second, *rest = good.splitlines(keepends=True)
    return [
        *cases,
        _shown("nothing", entry, "", "one line or more"),
        _shown("no LF at the end", entry, good[:-1], "each line ends in LF"),
        _shown("two lines swapped", entry, "".join([second, first, *rest]), "the order of the lines is in the root"),
        _shown("a salt of another line", entry, _resalted(good), "the salt is in the hash"),
        _shown("whole lines without marks", entry, record.render(built).decode(), "`= ` or `- `"),
    ]


def _resalted(shown: str) -> str:
    first, second, *rest = shown.splitlines(keepends=True)
    return "".join([first[:4] + "A" * 22 + first[26:], second, *rest])


def _bad_roots() -> list[vectors.Case]:
    entry, built = _eight()
    inputs = record.leaf_inputs(built.lines)
    right = merkle.root(inputs[4:])
    half = "".join(f"= {line.text}\n" for line in built.lines[:4] if isinstance(line, record.Line))
    lone = Ledger.founded()
    more = lone.build([("a", 1)], ["class:price", "class:order"])
    one_tag = lone.next_entry("disclosure", record=more.root, tags=(bytes(32),))
    no_term = lone.next_entry("disclosure", record=lone.build([("a", 1)]).root, tags=(bytes(32),))
    later = lone.build([("a", 1)], ["entry:1"])
    public = lone.sign(lone.next_entry("policy", public_lines=("rule approvals 2",)))
    return [
        _shown("eight lines", entry, _spell(built)),
        _shown(
            "four lines and the node over the other four as a withheld line", entry,
            f"{half}- recipient.2.field-0 {base64_text(right)}\n", "a node of the tree is no line",
        ),
        _shown(
            "four lines and the node over the other four as a bare hash", entry,
            f"{half}- {base64_text(right)}\n", "a bare hash is no line",
        ),
        _shown("the first four lines", entry, half, "the root"),
        _shown("the record of another entry", entry, _spell(example.disclosed()), "the root"),
        _shown("two terms, one tag", lone.sign(one_tag), _spell(more), "a term for each tag"),
        _shown(
            "two withheld terms, one tag", lone.sign(one_tag),
            _spell(record.withhold(more, ["term.1", "term.2"])), "a term for each tag",
        ),
        _shown(
            "no term, one tag", lone.sign(no_term), _spell(lone.build([("a", 1)])), "a term for each tag",
        ),
        _shown(
            "a follow-up of itself", lone.sign(lone.entry_of("receipt", later)), _spell(later),
            "it follows an entry before it",
        ),
        _shown("an entry without a record", public, _spell(more), "a record"),
    ]  # fmt: skip
