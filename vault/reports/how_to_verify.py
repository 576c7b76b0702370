"""HOW-TO-VERIFY.md: from the bundle and a fingerprint that came another way to a verdict, with stock tools."""

from vault.evidence.statement import Statement
from vault.evidence.strict import utc_text

_TEXT = """\
# How to verify this report

The report was made {made} by member {by} of the ledger `{origin}`, over its first {size} entries.

You need this bundle and the ledger's **fingerprint**, 64 digits and letters, that reached you **another way**: in a
letter of its own, a contract, an earlier report, read to you by somebody you know. If you have none, ask for it.

**Nothing that came in this bundle can vouch for the bundle.** Whoever makes up a whole ledger also makes up a page, a
program and a text like this one that praise it. So begin with *By hand*: it runs nothing but `sha256sum`, `openssl`
(3.0 or newer) and `python3` (3.10 or newer) of your own machine, and commands that you can read. Use the page and the
program for the rest, the program best in a copy that came from elsewhere: ask that its SHA-256 be sent with the
fingerprint. No step needs a network. On macOS write `shasum -a 256` for `sha256sum`, and install OpenSSL.

## Words

- An **entry** is a signed line of the ledger, numbered from 0; it commits to a **record**, which says what was
  disclosed. A **transmittal** is an entry that says that something was handed over.
- A **member** signs entries; m1 founded the ledger. Which members there are stands in entry 0 and in **key entries**.
- A **checkpoint** is the ledger's signature over all its entries up to a number. The **index** lists the entries under
  each **term**: a party, a document, a matter.
- An **auditor** has recomputed the index from the whole ledger, and signs that. A **time stamp** is an authority's word
  that something existed at a time.

## By hand

Unpack the zip, go into its folder, and write your fingerprint where the dots are, with or without spaces:

    unzip NAME.zip && cd report
    FINGERPRINT='...'

Each of the steps ends with `holds`. If one does not, stop: the bundle is not what it says.

**1. The files** are those that are listed, no more and no fewer, and the list is the one in the seal:

```sh
T=$(mktemp -d)
sed 's/^[0-9a-f]*  //' manifest-sha256.txt | LC_ALL=C sort > "$T/listed"
sha256sum -c --strict --quiet manifest-sha256.txt tagmanifest-sha256.txt &&
  find data ! -type d | LC_ALL=C sort | diff "$T/listed" - &&
  test "$(grep '^tagmanifest ' report.note)" = "tagmanifest $(sha256sum < tagmanifest-sha256.txt | cut -d' ' -f1)" &&
  echo "the list of files holds"
```

**2. The fingerprint** is the SHA-256 of a zero byte and entry 0:

```sh
found=$({{ printf '\\000'; cat data/evidence/genesis.entry; }} | sha256sum | cut -d' ' -f1)
test "$found" = "$(printf %s "$FINGERPRINT" | tr -d ' \\n')" && echo "the fingerprint holds"
```

**3. The signatures** of all entries here. A member counts if entry 0 names him, or a key entry that a custodian signed:

```sh
cat > "$T/signed.py" <<'END'
import base64, pathlib, subprocess, sys
there, members, log = pathlib.Path(sys.argv[1]), {{}}, ""
def number(path): return int(path.read_text(encoding="utf-8").split("\\n")[2])
def save(vkey, name):  # DER of an Ed25519 key
    key = base64.b64decode(vkey.split("+", 2)[2])[1:]
    (there / name).write_bytes(bytes.fromhex("302a300506032b6570032100") + key)
for path in sorted(pathlib.Path("data/evidence").rglob("*.entry"), key=number):
    text, _, line = path.read_bytes().rpartition(b"\\n\\n")
    (there / "text").write_bytes(text + b"\\n")
    (there / "signature").write_bytes(base64.b64decode(line.split()[2])[4:])
    lines = text.decode().split("\\n")
    seq, kind, when, signer = int(lines[2]), lines[3], lines[4], line.split()[1].decode().removeprefix(lines[1] + "/")
    first, before = path.name == "genesis.entry", dict(members)
    assert first == (seq == 0) == (kind == "genesis"), path
    if first or kind == "key":
        changed = [words.split() for words in lines[5:]]
        members |= {{words[1]: (words[2], words[3]) for words in changed if words[0] == "member"}}
        log = next((words[1] for words in changed if words[0] == "log"), log)
        for words in changed:
            if words[0] in ("remove", "revoke"):  # what he signed from there on is worth nothing
                members.pop(words[1], None)
                print("NOTE:", *words)
    known = members if first else before  # entry 0 rests on the fingerprint
    assert signer in known, f"{{path}}: signed by nobody known"
    roles, vkey = known[signer]
    assert kind not in ("genesis", "key") or "custodian" in roles.split(","), f"{{path}}: {{signer}} is no custodian"
    save(vkey, "key.der")
    openssl = "openssl pkeyutl -verify -pubin -keyform DER -rawin -inkey key.der -in text -sigfile signature".split()
    assert subprocess.run(openssl, cwd=there, capture_output=True).returncode == 0, f"{{path}}: false signature"
    print(f"entry {{seq}}, {{kind}}, {{when}}, by {{signer}} ({{roles}})")
for name, (_, vkey) in members.items():
    save(vkey, name + ".der")
save(log, "log.der")
print("the signatures hold")
END
python3 "$T/signed.py" "$T"
```

**4. The ledger.** From each entry, by the path beside it, to the third line of the checkpoint (RFC 9162, section
2.1.3.2), which the ledger's own key has signed:

```sh
cat > "$T/stands.py" <<'END'
import base64, hashlib, pathlib, subprocess, sys
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
evidence, there = pathlib.Path("data/evidence"), pathlib.Path(sys.argv[1])
note = (evidence / "checkpoint").read_text(encoding="utf-8").split("\\n")
origin, size, root = note[:3]
for entry in evidence.rglob("*.entry"):
    head, _, checkpoint = entry.with_suffix(".tlog-proof").read_text(encoding="utf-8").partition("\\n\\n")
    _, index, *path = head.split("\\n")
    first, last, found = int(index.split()[1]), int(size) - 1, sha(b"\\0", entry.read_bytes())
    assert entry.read_text(encoding="utf-8").split("\\n")[1:3] == [origin, str(first)], entry
    for step in map(base64.b64decode, path):
        assert last > 0, entry
        if first % 2 or first == last:
            found = sha(b"\\1", step, found)
            while first % 2 == 0 and first:
                first, last = first // 2, last // 2
        else:
            found = sha(b"\\1", found, step)
        first, last = first // 2, last // 2
    assert last == 0 and base64.b64encode(found).decode() == root, f"{{entry}}: not in this ledger"
    assert checkpoint.split("\\n")[:3] == [origin, size, root], entry
(there / "text").write_text("\\n".join(note[:3]) + "\\n", encoding="utf-8")
(there / "signature").write_bytes(base64.b64decode(note[4].split()[2])[4:])
openssl = "openssl pkeyutl -verify -pubin -keyform DER -rawin -inkey log.der -in text -sigfile signature".split()
assert subprocess.run(openssl, cwd=there, capture_output=True).returncode == 0, "the checkpoint's signature is false"
print("the place of each entry holds under", root)
END
python3 "$T/stands.py" "$T"
```

**5. The seal** over the list of files, the query and the counts, by a member of step 3:

```sh
cat > "$T/sealed.py" <<'END'
import base64, pathlib, sys
text, _, line = pathlib.Path("report.note").read_bytes().rpartition(b"\\n\\n")
(pathlib.Path(sys.argv[1]) / "text").write_bytes(text + b"\\n")
(pathlib.Path(sys.argv[1]) / "signature").write_bytes(base64.b64decode(line.split()[2])[4:])
END
python3 "$T/sealed.py" "$T" &&
  (cd "$T" && openssl pkeyutl -verify -pubin -keyform DER -rawin -inkey {by}.der -in text -sigfile signature) &&
  test "$(grep '^checkpoint ' report.note)" = "checkpoint $(sed -n 2,3p data/evidence/checkpoint | paste -sd' ' -)" &&
  cat report.note && echo "the seal holds"
```

**6. The records and documents.** Each record is what its entry commits to, each document is the item whose SHA-256 its
record shows:

```sh
cat > "$T/records.py" <<'END'
import base64, hashlib, json, pathlib
def sha(data): return hashlib.sha256(data).digest()
shown = {{}}
for path in sorted(pathlib.Path("data/evidence").rglob("*.record")):
    level, lines = [], shown.setdefault(path.stem, {{}})
    for line in path.read_bytes().split(b"\\n")[:-1]:
        if line[:2] == b"= ":  # a line that is shown: salt, name, value
            name, digest = line.split(b'"')[3], base64.b64encode(sha(line[2:]))
            lines[name.decode()] = json.loads(line[2:])[2]
        else:  # the name and the hash of one that is withheld
            name, digest = line[2:].split(b" ")
        level.append(sha(b"\\0" + name + b"\\n" + digest + b"\\n"))
    while len(level) > 1:
        level = [sha(b"\\1" + a + b) for a, b in zip(level[::2], level[1::2])] + level[len(level) & ~1 :]
    committed = "record " + base64.b64encode(level[0]).decode()
    assert committed in path.with_suffix(".entry").read_text(encoding="utf-8").split("\\n"), f"{{path}}: another record"
    print(f"record of entry {{int(path.stem)}}:", lines.get("event-time", "no time shown"))
for path in sorted(pathlib.Path("data/documents").glob("*")):
    entry, item, _ = path.name.split("-", 2)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert shown[entry].get(f"item.{{item}}.sha256") == digest, f"{{path}}: another document"
    print(f"{{path}} is item {{item}} of entry {{int(entry)}}")
print("what the entries commit to holds")
END
python3 "$T/records.py"
```

An entry says when it was **logged** (step 3), its record when the disclosure is **said** to have been (step 6). Long
between them is late: the report's section on exceptions names those.

**7. Time stamps**, where there is a `report-1.tsr`. `root.pem` is the root certificate of an authority that **you**
trust, got from it, not from this bundle; without it openssl says FAILED, as of a false stamp:

    openssl ts -verify -in report-1.tsr -data report.note -CAfile root.pem -untrusted report-1.pem
    openssl ts -reply -in report-1.tsr -text | grep 'Time stamp:'

The first ends with `Verification: OK`, the second tells the time at which this report existed. Stamps over the ledger,
which bound when a transmittal was logged, lie in `data/evidence/anchors/<size>/`, each over the `checkpoint` beside it;
where that folder is missing there are none.

**What the steps show**, together with a fingerprint that came another way: these entries stand in that ledger, members
signed them, their records and documents are unchanged since, and {by} sealed this selection. **What is left**: that the
selection is complete, that what followed each entry is here, that members of step 3 had the right to what they signed.

## The rest, by a program

`data/verify.py` is one file of Python's standard library. Step 1 shows that it is the one that was sealed,
`sha256sum data/verify.py` whether it is the one you were told of. It goes in numbered steps and says what it skips:

```sh
python3 -I data/verify.py . --fingerprint "$FINGERPRINT" || echo "exit code $?"
```

It answers five questions apart, each PROVEN, NOT PROVEN (it says what is missing) or BROKEN (it says what contradicts):

| | PROVEN says | it does not say |
|---|---|---|
| integrity | entries, records, documents and seal fit each other | that they are of the ledger you know, or true |
| order | the entries stand in this order in the ledger of your fingerprint | that nobody was shown a second ledger |
| origin | members signed it who were allowed to | which person held a key |
| time | each transmittal was logged between two moments | when it went out |
| completeness | all that was logged under the query's terms is here | that everything was logged |

Exit code 0 means that all five are proven, 1 that one is not or is broken, 2 a misuse. **An honest report can end with
1**: origin and completeness take the word of an auditor whom you trust, or the whole ledger; time takes stamps and
`--tsa-root root.pem`. Whom you trust can stand in one file, `--policy FILE` (what is in it: `docs/format/policy.md` of
the software; whoever sends you the fingerprint can send one). BROKEN is never honest. Of an ML-DSA-44 signature the
program says that it skips it. What is withheld is named with its reason, never shown.

`report.html` shows the same in a browser: paste the fingerprint, drop a document on it to learn which item it is.
The page, `report.pdf` and the tables are for reading: each value in them is one of a record, or their maker's word.
"""


def text(statement: Statement) -> str:
    """The page for one report."""
    return _TEXT.format(
        made=utc_text(statement.made),
        by=statement.by,
        origin=statement.checkpoint.origin,
        size=statement.checkpoint.size,
    )
