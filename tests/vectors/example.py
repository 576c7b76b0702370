"""The example ledger of docs/format, and the blocks of bytes that stand in those texts.

Two members: m1, who founded the vault, and m2, who records. Entry 2 approves what entry 3 discloses. The blocks in a
text stand behind a comment that names them, `<!-- example: entry -->`; `fill` writes them there.
"""

import re
from base64 import b64encode
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.evidence import naive_index
from tests.evidence.ledgers import ORIGIN, START, Ledger, index_key, tag
from tests.evidence.trees import nodes_over
from tests.vectors import generate_index
from tests.vectors.generate_checkpoints import cosign
from vault.evidence import index_proof, merkle, record, terms, tiles
from vault.evidence.completeness import Completeness
from vault.evidence.note import parse as parse_note
from vault.evidence.note import render
from vault.evidence.proof import Proof
from vault.evidence.receipt import Filed, Receipt
from vault.evidence.record import Record
from vault.evidence.strict import base64_text
from vault.evidence.tiles import Growth
from vault.evidence.vouched import Placed
from vault.evidence.vrf import term_input
from vault.verify.following import State

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "format"
TEXTS = (
    "record.md",
    "entry.md",
    "ledger.md",
    "index.md",
    "ledger-tiles.md",
    "receipt.md",
    "completeness.md",
    "report.md",
)
TIME = 1_795_369_408  # of the log's own cosignature: a minute after entry 3

_CONTENT = sha256(b"EUC-4711, page 2").digest()  # its tag begins with `+`: last by its bytes, first by its base64
_LEGAL = "Ganzhou Magnet Co., Ltd."
_TERMS = [
    terms.register_id("party", "USCC", "9136 0700 MA35 0TEST X"),
    terms.legal_name("party", "CN", _LEGAL),
    terms.legal_name("party", "CN", "赣州磁材有限公司"),
    terms.matter("MOFCOM", "2026-117"),
    terms.document(_CONTENT),
    terms.category("end-use"),
]
_NOBODY = terms.register_id("party", "lei", "5493001KJTIIGC8Y1R12")
_PAIRS: list[tuple[str, record.Value]] = [
    ("kind", "disclosure"),
    ("discloser.entity", "Magnosphere GmbH"),
    ("discloser.person", "Anna Rossi"),
    ("purpose", "export licence"),
    ("method", "email"),
    ("designation", "confidential"),
    ("category.1", "end-use"),
    ("recipient.1.relation", "to"),
    ("recipient.1.name", _LEGAL),
    ("recipient.1.country", "CN"),
    ("recipient.1.alias.1", "赣州磁材有限公司"),
    ("item.1.name", 'EUC "4711" Müller.pdf'),
    ("item.1.size", 421_888),
    ("item.1.sha256", _CONTENT.hex()),
    ("approval.1.entry", 2),
    ("event-time", "2026-11-22T18:39:00+01:00"),
    ("event-time-basis", "stated"),
    ("reference", "<20261122173900.4711@magnosphere.example>"),
]
WITHHELD = (
    "discloser.person",
    "recipient.1.name",
    "recipient.1.alias.1",
    "item.1.name",
    "term.2",
    "term.3",
    "reference",
)


@cache
def ledger() -> Ledger:
    """Genesis, m2 joins, m1 approves, m2 discloses."""
    made = Ledger.founded()
    made.admit("m2", "recorder")
    built = made.build(_PAIRS, _TERMS)
    made.public("approval", f"approves {base64_text(built.approved_root)}", by="m1")
    made.file("disclosure", built, by="m2")
    return made


def disclosed() -> Record:
    """The record of entry 3."""
    return ledger().records[3]


@cache
def checkpoint() -> bytes:
    """The checkpoint over the four entries, by both log keys; the ML-DSA-44 signature is one that was kept."""
    tree = ledger().tree()
    return render(tree.text, [ledger().log.ed25519.sign(tree.text), cosign(ledger().log.ml_dsa, tree.text, TIME)])


@cache
def indexed() -> Ledger:
    """The ledger with an index over its four entries as entry 4."""
    made = Ledger(leaves=[*ledger().leaves])
    made.public("index", generate_index.index_line(made), by="m1")
    return made


def index_blocks() -> dict[str, str]:
    """What stands in index.md."""
    filed = generate_index.filed(ledger())
    term = _TERMS[0]
    kind = naive_index.kind_tag("disclosure")
    (tag_, count, root) = leaf = naive_index.leaves(filed)[naive_index.bits(tag(term))]
    return {
        "index": indexed().leaves[4].decode(),
        "index-hashes": _table(
            ("tag", base64_text(tag_)),
            ("R", base64_text(root)),
            ("leaf", base64_text(naive_index.leaf_hash(leaf))),
            ("leaf, hashed bytes", (b"\x02" + tag_ + count.to_bytes(8, "big") + root).hex()),
            ("tag of kind disclosure", base64_text(kind)),
            ("index root", base64_text(naive_index.root(filed))),
        ),
        "index-proof": _index_proof(term),
        "index-absence": _index_proof(_NOBODY),
    }


def _index_proof(term: str) -> str:
    end, siblings = naive_index.path(generate_index.filed(ledger()), tag(term))
    return generate_index.text(tag(term), end, siblings, *generate_index.shown(term))


def blocks() -> dict[str, str]:
    """The text of each block, by its name."""
    first = disclosed().lines[0]
    (input_,) = record.leaf_inputs([first])
    term, key = _TERMS[0], index_key(ORIGIN, 1)
    leaves = ledger().leaves
    return {
        "record": record.render(disclosed()).decode(),
        "record-hashes": _table(
            ("SHA-256 of line 1", b64encode(first.hash).decode()),
            ("leaf input of line 1", input_.hex()),
            ("leaf hash of line 1", merkle.leaf_hash(input_).hex()),
            ("approved root (20 lines)", base64_text(disclosed().approved_root)),
            ("record root (24 lines)", base64_text(disclosed().root)),
        ),
        "shown": record.render_shown(record.withhold(disclosed(), WITHHELD)).decode(),
        "entry": leaves[3].decode(),
        "entry-hashes": _table(("leaf hash of this entry", base64_text(merkle.leaf_hash(leaves[3])))),
        "key": leaves[1].decode(),
        "approval": leaves[2].decode(),
        "tag": _table(
            ("term", term),
            ("VRF input", term_input(term).hex()),
            ("index key, base64", base64_text(key.public)),
            ("VRF proof, base64", base64_text(key.prove(term_input(term)))),
            ("tag", base64_text(tag(term))),
        ),
        "genesis": leaves[0].decode(),
        "ledger-hashes": _table(
            *((f"leaf hash {seq}", base64_text(merkle.leaf_hash(leaf))) for seq, leaf in enumerate(leaves)),
            ("fingerprint", ledger().fingerprint.hex()),
        ),
        "checkpoint": checkpoint().decode(),
        **index_blocks(),
        **_tile_blocks(leaves),
        "receipt": _shortened(bytes(receipt()).decode()),
        "completeness": _shortened(bytes(complete()).decode()),
        **_report_blocks(),
    }


def _report_blocks() -> dict[str, str]:
    """What stands in report.md."""
    from tests.vectors import example_report  # which builds on this module

    return example_report.blocks()


def receipt() -> Receipt:
    """The receipt of entry 3."""
    made, size = ledger(), ledger().size
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in made.leaves])
    paths = [tuple(merkle.inclusion_proof(seq, size, node)) for seq in range(size)]
    shown = record.withhold(disclosed(), WITHHELD)
    key = index_key(ORIGIN, 1)
    named = [(f"term.{number}", term) for number, term in enumerate(_TERMS, 1)]
    filed = [Filed(name, 1, key.prove(term_input(term))) for name, term in named if name not in WITHHELD]
    keys = (Placed(made.leaves[0], 0, paths[0]), Placed(made.leaves[1], 1, paths[1]))
    return Receipt(keys, made.leaves[3], shown, tuple(filed), Proof(3, paths[3], parse_note(checkpoint())))


def complete() -> Completeness:
    """All that was filed under one term, and that nothing was under another, by the index in entry 4."""
    made, size = indexed(), indexed().size
    tree = made.tree()
    note = render(tree.text, [made.log.ed25519.sign(tree.text), cosign(made.log.ml_dsa, tree.text, TIME + 60)])
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in made.leaves])
    placed = [Placed(leaf, seq, tuple(merkle.inclusion_proof(seq, size, node))) for seq, leaf in enumerate(made.leaves)]
    filed = generate_index.filed(ledger())
    kinds = [naive_index.kind_tag(kind) for kind in ("genesis", "key", "disclosure")]
    texts = [generate_index.text(kind, *naive_index.path(filed, kind)) for kind in kinds]
    texts += [_index_proof(term) for term in (_NOBODY, _TERMS[0])]
    proofs = [index_proof.parse(text.encode()) for text in texts]
    return Completeness(tuple(placed[:2]), placed[4], tuple(proofs[:3]), tuple(proofs[3:]), (placed[3],), note)


def _shortened(text: str) -> str:
    """Long lines cut: keys and signatures of ML-DSA-44 stand whole in ledger.md."""
    return "".join(f"{line[:150]}…\n" if len(line) > 400 else f"{line}\n" for line in text.splitlines())


def tile_files() -> dict[str, bytes]:
    """The example ledger in tile form."""
    growth, made = Growth(0, nodes_over([])), ledger()
    for leaf in made.leaves:
        assert growth.add(merkle.leaf_hash(leaf)) == []
    keys = made.log.keys
    return {
        "checkpoint": checkpoint(),
        "log.vkey": f"{keys.ed25519}\n{keys.ml_dsa}\n".encode(),
        tiles.Tile(tiles.ENTRIES, 0, made.size).path: tiles.render_bundle(made.leaves),
        **{tile.path: data for tile, data in growth.partial()},
    }


def _tile_blocks(leaves: list[bytes]) -> dict[str, str]:
    files = tile_files()
    rows = [(name, f"{len(data):>5}  {sha256(data).hexdigest()}") for name, data in files.items()]
    state = State(checkpoint(), ledger().fingerprint, (0, 1), 1, START + timedelta(minutes=3))
    return {
        "tile-files": _table(*rows),
        "tile-hashes": "".join(f"{merkle.leaf_hash(leaf).hex()}\n" for leaf in leaves),
        "bundle-start": f"{files['tile/entries/000.p/4'][:28].hex(' ')}\n",
        "followed": bytes(state).decode().split("\n\n")[0]
        + "\n\n"
        + "".join(checkpoint().decode().splitlines(keepends=True)[:3]),
    }


def _table(*rows: tuple[str, str]) -> str:
    width = max(len(name) for name, _ in rows) + 2
    return "".join(f"{name:{width}}{value}\n" for name, value in rows)


_BLOCK = re.compile(r"(<!-- example: ([a-z-]+) -->\n```text\n)(.*?)(```\n)", re.DOTALL)


def fill(text: str) -> str:
    """A format text with its blocks as `blocks` has them; KeyError for a block of another name."""
    made = blocks()
    return _BLOCK.sub(lambda found: found[1] + made[found[2]] + found[4], text)


def read_blocks(text: str) -> dict[str, str]:
    """The blocks that stand in a format text, by name."""
    return {name: body for _, name, body, _ in _BLOCK.findall(text)}


def write() -> None:
    """Write the blocks into the format texts."""
    for name in TEXTS:
        path = FORMATS / name
        path.write_text(fill(path.read_text("utf-8")), "utf-8")
