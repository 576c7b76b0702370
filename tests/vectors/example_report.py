"""The example bundle of docs/format/report.md: what m1 hands over of the example ledger, always the same bytes."""

from functools import cache

from tests.evidence.trees import nodes_over
from tests.reports.handmade import EVIDENCE, Files, Handmade, Story
from tests.vectors import example
from vault.evidence import merkle, terms
from vault.evidence.consistency_path import ConsistencyPath
from vault.evidence.statement import Query, Withheld

_HELD = (
    Withheld("discloser.person", "personal-data"),
    Withheld("item.*.name", "trade-secret"),
    Withheld("recipient.*.alias", "irrelevant"),
    Withheld("recipient.*.name", "irrelevant"),
    Withheld("reference", "privilege"),
    Withheld("term.2", "irrelevant"),
    Withheld("term.3", "irrelevant"),
)
TERMS = (terms.category("end-use"), terms.register_id("party", "USCC", "9136 0700 MA35 0TEST X"))


class _Example(Handmade):
    """With the checkpoint of the example, whose ML-DSA-44 signature is one that was kept."""

    def checkpoint(self) -> bytes:
        return example.complete().checkpoint


@cache
def files() -> Files:
    """Every file of the bundle."""
    story = Story.__new__(Story)
    story.ledger, story.anchors, story.stamp = example.indexed(), {}, None
    story.ledger.records[3] = example.disclosed()
    query = Query(filters=("party: Ganzhou Magnet Co., Ltd.", "category: end-use"), complete=TERMS)
    return _Example(story, query, hidden={3: example.WITHHELD}, patterns=_HELD).files()


def blocks() -> dict[str, str]:
    """What stands in the text."""
    made = {name: data.decode() for name, data in files().items() if not name.endswith("checkpoint")}
    leaves = example.indexed().leaves
    node = nodes_over([merkle.leaf_hash(leaf) for leaf in leaves])
    return {
        "report-statement": made[f"{EVIDENCE}statement"],
        "report-note": made["report.note"],
        "report-tags": made["tagmanifest-sha256.txt"],
        "report-terms": made[f"{EVIDENCE}index/terms.proofs"],
        "report-follow-ups": made[f"{EVIDENCE}index/follow-ups.proofs"],
        "report-consistency": bytes(ConsistencyPath(4, 5, tuple(merkle.consistency_proof(4, 5, node)))).decode(),
    }
