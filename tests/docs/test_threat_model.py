"""The threat model claims nothing without a test that shows it."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, names, spans
from tests.verify import owner
from tests.verify.owner import ROWS, Told

MODEL = ROOT / "docs" / "threat-model.md"

_TEST = re.compile(r"(tests/[\w/]+\.py)::([\w:]+)")
_CLAIM = re.compile(r"^- \*\*([CEU][0-9]+)\.\*\*", re.MULTILINE)


def names_of_tests(path: Path) -> set[str]:
    """The tests of a file as pytest names them, `test_it` or `TestClass::test_it`."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {prefix + one.name for one in members if isinstance(one, ast.FunctionDef)}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_tests_that_are_named_exist(document: Path) -> None:
    for span in spans(document):
        if match := _TEST.fullmatch(span):
            assert match[2] in names_of_tests(ROOT / match[1]), span


def test_every_claim_names_a_test() -> None:
    claims = _CLAIM.split(MODEL.read_text().split("## What holds", 1)[1].split("\n## ", 1)[0])
    shown = dict(zip(claims[1::2], claims[2::2], strict=True))
    assert len(shown) == len(claims) // 2 >= 20
    assert [claim for claim, text in shown.items() if not _TEST.search(text)] == []


def test_claims_are_numbered_without_a_gap() -> None:
    found = _CLAIM.findall(MODEL.read_text())
    for letter in "CEU":
        numbers = [int(claim[1:]) for claim in found if claim[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))


def test_table_of_who_owns_everything_is_the_one_that_is_tried() -> None:
    """Each quoted word of it is looked for by tests/verify/test_owner.py in what a verifier tells."""
    part = MODEL.read_text().split("### Who owns everything", 1)[1].split("\n### ", 1)[0]
    assert part.endswith(owner.table()), "run make docs"
    quoted = sum(len(re.findall(r'"[^"]+"', line)) for line in part.splitlines() if line.startswith("| "))
    assert quoted == sum(isinstance(one, Told) for row in ROWS for one in (*row.notices, *row.misses)) > 30
