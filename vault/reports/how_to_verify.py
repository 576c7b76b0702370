"""HOW-TO-VERIFY.md: from the bundle and a fingerprint that came another way to a verdict, with stock tools."""

from vault.evidence.statement import Statement
from vault.evidence.strict import utc_text

_TEXT = """\
# How to verify this report

The report was made {made} by member {by} of the ledger `{origin}`, over its first {size} entries.

You need this bundle and the ledger's **fingerprint**, 64 digits and letters, that reached you **another way**: in a
letter, a contract, an earlier report, read to you by somebody you know. What stands in this bundle cannot vouch for
itself: anybody can make up a whole ledger. If you have no fingerprint, ask for it.

All that follows works without a network. `sha256sum`, `openssl` (3.0 or newer) and `python3` (3.11 or newer) come with
most systems; on macOS write `shasum -a 256` in place of `sha256sum`. Unpack the zip and go into its folder:

    unzip NAME.zip && cd report

## The short way

Open `data/report.html`, where it is there, in a browser. Type or paste the fingerprint; drop a document on the page to
learn which item it is. What the page says NOT CHECKED HERE, check as below.

## The same by one program

`data/verify.py` is one file of Python's standard library, and reads what `openssl` says of time stamps:

```sh
python3 -I data/verify.py . --fingerprint "$FINGERPRINT"
```

Whoever made up a bundle can change the program in it. Read it, or take it from where the software is published.

It answers five questions apart, each PROVEN, NOT PROVEN (it says what is missing) or BROKEN (it says what contradicts):

| | PROVEN says | it does not say |
|---|---|---|
| integrity | nothing shown was changed since it was logged | that it was true |
| order | the entries stand in this order in one signed ledger | that no second ledger was shown to somebody else |
| origin | members signed it who were allowed to | which person held a key |
| time | each transmittal was logged between two moments | when it went out |
| completeness | all that was logged under the query's terms is here | that everything was logged |

Origin and completeness take an auditor whom you trust and who has recomputed the index, or the whole ledger: NOT PROVEN
there means that it is the owner's word. What is withheld is named, never shown.

## By hand

**The files are those that were sealed.** The first command must say nothing, the other two must show the same digits:

```sh
sha256sum -c --strict --quiet manifest-sha256.txt tagmanifest-sha256.txt
sha256sum tagmanifest-sha256.txt
grep '^tagmanifest ' report.note
```

**The fingerprint** is the SHA-256 of a zero byte and entry 0. Compare it with yours, digit by digit:

```sh
{{ printf '\\000'; cat data/evidence/genesis.entry; }} | sha256sum
```

**The seal** is signed by member {by}, whose key stands in entry 0 or in a later key entry:

```sh
T=$(mktemp -d)
python3 - "$T" <<'END'
import base64, glob, pathlib, sys
there = pathlib.Path(sys.argv[1])
text, _, line = pathlib.Path("report.note").read_bytes().rpartition(b"\\n\\n")
(there / "text").write_bytes(text + b"\\n")
(there / "signature").write_bytes(base64.b64decode(line.split()[2])[4:])
files = ["data/evidence/genesis.entry", *sorted(glob.glob("data/evidence/keys/*.entry"))]
lines = [line.split() for name in files for line in open(name, encoding="utf-8")]
vkey = [words[3] for words in lines if words[:2] == ["member", "{by}"]][-1]
key = base64.b64decode(vkey.split("+", 2)[2])[1:]
(there / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + key)
END
openssl pkeyutl -verify -pubin -inkey "$T/key.der" -keyform DER -rawin -in "$T/text" -sigfile "$T/signature"
```

**A record** is what its entry commits to: the last two lines are the same.

```sh
python3 - data/evidence/entries/{example} <<'END'
import base64, hashlib, pathlib, sys
def sha(data): return hashlib.sha256(data).digest()
level = []
for line in pathlib.Path(sys.argv[1] + ".record").read_bytes().split(b"\\n")[:-1]:
    if line[:2] == b"= ":  # a line that is shown
        name, digest = line.split(b'"')[3], base64.b64encode(sha(line[2:]))
    else:  # the name and the hash of one that is withheld
        name, digest = line[2:].split(b" ")
    level.append(sha(b"\\0" + name + b"\\n" + digest + b"\\n"))
while len(level) > 1:
    level = [sha(b"\\1" + a + b) for a, b in zip(level[::2], level[1::2])] + level[len(level) & ~1 :]
print("record", base64.b64encode(level[0]).decode())
END
grep '^record ' data/evidence/entries/{example}.entry
```

**A document** is the one that was logged if its SHA-256 stands in a record; `data/documents/000017-1-...` is item 1 of
entry 17:

```sh
sha256sum data/documents/* 2>/dev/null
grep -ho '"item[.][0-9]*[.]sha256","[0-9a-f]*"' data/evidence/entries/*.record
```

**Time stamps** over the report, where it has any, under the root of a time-stamping authority that **you** trust
(`root.pem`, got from the authority, not from this bundle):

    openssl ts -verify -in report-1.tsr -data report.note -CAfile root.pem -untrusted report-1.pem

Those over the ledger are checked alike: `data/evidence/anchors/<size>/<name>.tsr` is over the `checkpoint` beside it.

**The rest**, signatures of entries, their places in the tree, the lists that are proven to be complete: the program
does it, in the steps that it prints.
"""


def text(statement: Statement) -> str:
    """The page for one report."""
    shown = statement.selected[0].seq if statement.selected else (statement.counts.span or (0, 0))[0]
    return _TEXT.format(
        made=utc_text(statement.made),
        by=statement.by,
        origin=statement.checkpoint.origin,
        size=statement.checkpoint.size,
        example=f"{shown:06}",
    )
