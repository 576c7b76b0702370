"""`python -m tests.fuzz.seeds` writes the good examples of `corpus`; what was found is added by hand."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from keys import witness_file
from keys.identity import body_text
from keys.locks import Frame, Lock
from tests import vectors
from tests.backup import examples as backups
from tests.evidence.ledgers import START
from tests.evidence.signers import witness
from tests.fuzz.reading import LOG, ME, UNSEEN, WITNESS
from tests.fuzz.targets import CORPUS
from tests.vectors import example, generate_anchors
from tests.vectors.generate_identity import predictable
from vault.backup import records
from vault.evidence import note
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.consistency import Consistency
from vault.evidence.merkle import EMPTY_ROOT
from vault.evidence.note import Note
from vault.evidence.strict import base64_bytes
from vault.pins import Pin
from vault.sealing import armor, blob
from vault.verify.following import State
from vault.witness.state import Known

MAX_SEED = 9_000  # bytes; a larger one slows every change of it down

_VECTORS = {
    "entry": ("entries", "entry"),
    "record": ("records", "record"),
    "shown-record": ("shown-records", "shown"),
    "note": ("notes", "note"),
    "vkey": ("vkeys", "vkey"),
    "proof": ("proofs", "proof"),
    "policy": ("policies", "policy"),
    "add-checkpoint": ("witness-requests", "request"),
    "index-proof": ("index", "proof"),
    "keyring": ("keyring", "file"),
    "identity": ("identity", "file"),
    "public-string": ("identity", "public"),
    "age-header": ("sealed-document", "header"),
}
_TREE = Checkpoint(LOG.origin, 300, bytes(range(32)))

VAULT_TOML = """\
# A Disclosure Vault.
format = 1
origin = "magnets.example/disclosures"
check = "0f3c"
classic = false

[defaults]
discloser = "Your Company GmbH"
purpose = 'export licence application'

[[witness]]
name = "counsel"
url = "https://witness.example/"
vkey = "{vkey}"
""".replace("{vkey}", str(WITNESS.key))
TSA_TOML = """
[[tsa]]
name = "first"
url = "http://tsa.example/tsr"
roots = "tsa-first.pem"
policy = "1.2.3"
"""
TEMPLATE = """\
files = ["EUC-4711.pdf", "papers/line-3.jpg"]
to = "P-0001"
subject = ["S-0001:manufacturer"]
purpose = "licence application"
at = 2026-11-22T17:39:28Z
all = true
reference = 4711
"""


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Each as target, name and bytes."""
    for target, (file, field) in _VECTORS.items():
        for case in vectors.read(file):
            if case["expect"] == "accept" and len(data := case[field].encode()) <= MAX_SEED:
                yield target, case["name"], data
    for name, recipient in (("classic", ME.classic.recipient()), ("hybrid", ME.hybrid.recipient())):
        sealed = blob.seal(b"end-user certificate", [recipient], predictable(name))
        yield "age-file", name, sealed
        yield "armor", name, armor.encode(sealed)
    yield "armor", "with CRLF and white space", b" \r\n" + armor.encode(b"x" * 50).replace(b"\n", b"\r\n") + b"\t"
    yield (
        "identity-body",
        "two vaults",
        body_text(ME.with_vault("a.example", "1" * 64).with_vault("b", "2" * 64)).encode(),
    )
    yield "checkpoint", "of the log", LOG.sign(_TREE)
    yield "checkpoint", "of nothing", LOG.sign(Checkpoint(LOG.origin, 0, EMPTY_ROOT))
    lines = [WITNESS.cosign(UNSEEN.text, 1_790_000_000), witness("stranger.example").cosign(UNSEEN.text, 5)]
    yield "cosignatures", "of the witness and a stranger", wire.render_cosignatures(lines)
    yield "witness-log", "nothing cosigned", bytes(Known((LOG.ed25519.key,)))
    yield "witness-log", "cosigned", bytes(Known((LOG.ed25519.key,), Note(UNSEEN.text, tuple(lines))))
    yield "witness-key", "one key", bytes(_witness_frame())
    yield "pin", "with a checkpoint", bytes(Pin.of(LOG.origin, 299, bytes(32), LOG.sign(_TREE)))
    yield "pin", "without", bytes(Pin(LOG.origin, 0, bytes(range(32))))
    for case in vectors.read("anchors"):
        if case["expect"] == "accept":
            yield "stamp-reply", case["name"], base64_bytes(case["token"], "token")
    yield "stamp-roots", "one, PEM", generate_anchors.ROOT.pem
    yield "stamp-roots", "two, PEM", generate_anchors.ROOT.pem + generate_anchors.MIDDLE.pem
    yield "stamp-roots", "one, DER", generate_anchors.ROOT.der
    yield "backup-headers", "two wraps and a header", bytes(backups.example_headers())
    yield "backup-list", "two objects", bytes(backups.example_list())
    yield "backup-records", "two of four", records.render(backups.RECORDS)
    yield "vault-toml", "with a TSA", f"{VAULT_TOML}{TSA_TOML}".encode()
    yield from _ledgers()
    yield "vault-toml", "as written", VAULT_TOML.encode()
    yield "config", "default vault", b'default_vault = "vaults/magnets"\n'
    yield "template", "of many shapes", TEMPLATE.encode()


def _witness_frame() -> Frame:
    """The frame of a witness's file, with a body and a lock of nobody."""
    lock = Lock("nobody", ("AAAA",))
    return Frame(Path("key"), str(WITNESS.key), (lock,), bytes(range(80)), witness_file.FORMAT)


def _ledgers() -> Iterator[tuple[str, str, bytes]]:
    """What is given out of the example ledger; of its checkpoint without the long signature."""
    whole = note.parse(example.checkpoint())
    short = whole._replace(unverified_signatures=whole.unverified_signatures[:1])
    made = example.receipt()
    yield "receipt", "of entry 3", bytes(replace(made, proof=replace(made.proof, unverified_checkpoint=short)))
    yield "consistency", "with itself", bytes(Consistency(made.keys, bytes(short), bytes(short), ()))
    yield "completeness", "one list and one absence", bytes(replace(example.complete(), checkpoint=_short()))
    yield "bundle", "of four", example.tile_files()["tile/entries/000.p/4"]
    yield "followed", "four entries", bytes(State(bytes(short), bytes(32), (0, 1), 1, START))


def _short() -> bytes:
    """The checkpoint of the example with an index, by the short signature alone."""
    whole = note.parse(example.complete().checkpoint)
    return bytes(whole._replace(unverified_signatures=whole.unverified_signatures[:1]))


def main() -> None:
    """Write them all."""
    for target, name, data in seeds():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")).write_bytes(data)


if __name__ == "__main__":
    main()
