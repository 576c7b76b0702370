"""The page's judge and `vault.verify` say the same of honest bundles and of mutated ones, seal and bag apart."""

import base64
from pathlib import Path

import pytest

from tests.reports import handmade, lies, mutations
from tests.reports.handmade import EVIDENCE, Files, Handmade, Story
from tests.reports.page import programs
from tests.verify.bundles import judged
from vault.evidence.verdicts import Verdict

COUNT = 66
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
    answers = programs.judged([job(files) for _, files in cases])
    differing = []
    for number, ((name, files), answer) in enumerate(zip(cases, answers, strict=True)):
        folder = handmade.write(tmp_path / str(number), files)
        product, page = judged.letters(judged.judge(folder, handmade.believing(STORY.ledger))), letters(answer)
        # An index file that is misspelled is integrity BROKEN by the letter of step 1; the product says completeness.
        if product != page and not ("index/" in name and page[0] == "B" and page[4] == product[4] == "B"):
            differing.append((name, product, page))
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


def test_a_lie_of_the_owner_shows_in_the_page_too() -> None:
    told = list(lies.lies())
    jobs = [{**job(one.files), "policy": bytes(one.outside.policy or b"").decode()} for one in told]
    found = {one.name: letters(answer) for one, answer in zip(told, programs.judged(jobs), strict=True)}
    assert found == {one.name: one.letters for one in told}


def test_more_patterns_than_there_may_be_are_refused_in_the_page_too() -> None:
    (answer,) = programs.judged([job(lies.too_many().files)])
    assert letters(answer) == "BPPNN"  # the seal, which makes origin doubtful elsewhere, is not looked at here
