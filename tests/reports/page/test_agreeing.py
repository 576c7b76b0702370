"""The page's judge and `vault.verify` say the same of honest bundles and of mutated ones, seal and bag apart."""

import base64
from pathlib import Path

import pytest

from tests.reports import handmade, lies, mutations, three
from tests.reports.handmade import EVIDENCE, Files, Handmade, Story
from tests.reports.page import programs
from vault.evidence.verdicts import Verdict

COUNT = 33  # `python -m tests.soak reports` tries many more
STORY, OTHER = Story(), Story(origin="other.example/log")
POLICY = bytes(handmade.believing(STORY.ledger).policy or b"").decode()


def job(files: Files) -> dict[str, object]:
    """The evidence of a bundle, for judge.mjs."""
    own = {
        name[len(EVIDENCE) :]: base64.b64encode(data).decode()
        for name, data in files.items()
        if name.startswith(EVIDENCE)
    }
    documents = [[name, len(data)] for name, data in files.items() if name.startswith("data/documents/")]
    return {"policy": POLICY, "changed": own, "documents": documents}


def letters(answer: dict[str, dict[str, dict[str, str]]]) -> str:
    return "".join(answer["verdicts"][verdict]["state"][0] for verdict in Verdict)


def sealed(files: Files) -> Files | None:
    """What its owner seals anew; None where it has no statement to seal."""
    try:
        return handmade.sealed(files)
    except (KeyError, UnicodeDecodeError, IndexError):
        return None


def test_honest_bundle_is_proven_in_all_but_time_stamps() -> None:
    (answer,) = programs.judged([job(Handmade(STORY).files())])
    assert letters(answer) == "PPPPP"
    assert answer["transmittals"] == 3


def test_page_and_product_agree_on_every_mutation_of_the_evidence(tmp_path: Path) -> None:
    cases = []
    for one in mutations.mutations(Handmade(STORY).files(), Handmade(OTHER).files(), seed=5, count=COUNT):
        anew = sealed(one.files)
        if anew is not None and not one.name.endswith(" added"):  # a page sees no file beside it
            cases.append((one.name, anew))
    believing = handmade.believing(STORY.ledger)
    found = three.judged([(files, believing) for _, files in cases], tmp_path)
    differing = [(name, *one) for (name, _), one in zip(cases, found, strict=True) if len(set(one.letters)) > 1]
    assert not differing
    assert len(cases) > COUNT // 2


@pytest.mark.parametrize("seed", [11])
def test_no_mutation_of_what_the_page_sees_leaves_all_proven(seed: int) -> None:
    made = mutations.mutations(Handmade(STORY).files(), Handmade(OTHER).files(), seed=seed, count=COUNT)
    seen = [one for one in made if one.seen]
    for one, answer in zip(seen, programs.judged([job(one.files) for one in seen]), strict=True):
        assert any(answer["verdicts"][verdict]["state"] != "PROVEN" for verdict in one.seen), one.name


def test_freshly_invented_vault_with_its_own_witness_is_not_green() -> None:
    made = Story(origin="magnets.example/disclosures", more=True)
    invented = Handmade(made)
    (answer,) = programs.judged([{**job(invented.files()), "policy": POLICY}])
    own, (stranger,) = letters(answer), programs.judged([{**job(invented.files()), "policy": ""}])
    assert own[0] == "P"
    assert letters(stranger)[1:] == "NNNN"


def test_a_lie_of_the_owner_shows_to_all_three(tmp_path: Path) -> None:
    told = [*lies.lies(), lies.too_many()]
    found = {lie.name: one for lie, one in zip(told, three.judged([lie[1:3] for lie in told], tmp_path), strict=True)}
    for lie in told:
        assert found[lie.name].letters == (lie.letters,) * 3, (lie.name, found[lie.name].told)


def test_the_page_calls_doubtful_what_the_ledger_in_the_bundle_breaks(tmp_path: Path) -> None:
    lie = lies.by_the_ledger()
    (found,) = three.judged([lie[1:3]], tmp_path)
    assert found.letters == ("PPPPB", "PPPPB", "PPPPN")
    assert "NOT CHECKED HERE" in found.told[-1]


def test_a_statement_that_nobody_can_read_is_not_what_was_sealed(tmp_path: Path) -> None:
    files = {**Handmade(STORY).files(), f"{EVIDENCE}statement": b"hello\n"}
    (found,) = three.judged([(files, handmade.believing(STORY.ledger))], tmp_path)
    assert found.letters == ("BPBNN",) * 3, found.told
