"""What is said of a bundle beside its verdicts: what was compared, apart from the words that nobody can compare."""

from tests.reports.handmade import NAME, PARTY, Handmade, Story
from tests.reports.stories import Write
from tests.verify.bundles.judged import judge
from vault.evidence.statement import Query
from vault.verify.bundles import telling
from vault.verify.outside import Outside


def told(story: Story, query: Query, write: Write, outside: Outside) -> str:
    handed = judge(write(Handmade(story, query).files()), outside).handed
    assert handed
    return "\n".join(telling.lines(handed))


def test_a_list_of_one_is_not_called_all(story: Story, outside: Outside, write: Write) -> None:
    """[No word, or the words `all transmittals`, and a list of one party is whole.]"""
    for filters in ((), ("all transmittals",)):
        said = told(story, Query(filters, complete=(NAME,)), write, outside)
        assert f"list to be whole: all under {NAME}\n" in said
        assert ("in its maker's words: all transmittals\n" in said) == bool(filters)


def test_every_part_of_the_query_is_said(story: Story, outside: Outside, write: Write) -> None:
    said = told(story, Query(every=True), write, outside)
    assert "list to be whole: all transmittals\n" in said
    query = PARTY._replace(within=("class:order",), designations=("confidential",), chosen=(1, 2))
    said = told(story, query, write, outside)
    assert "under class:order too\nof it, those designated confidential\nof it, the numbers 1; 2\n" in said
    assert "list to be whole: none\n" in told(story, Query(chosen=(1,)), write, outside)
