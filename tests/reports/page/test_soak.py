"""A seeded few of the soak's mutations, each kind once or twice; that the soak itself notices what it has to."""

from pathlib import Path

from tests.reports import handmade, soak
from tests.reports.handmade import Handmade, Story
from tests.reports.mutations import MAKERS, Mutation
from tests.reports.soak import Tried
from tests.reports.three import Three
from vault.evidence.verdicts import Verdict

FEW = 6


def test_a_few_mutations_turn_the_right_verdict_in_all_three(tmp_path: Path) -> None:
    counts, broken = soak.share(tmp_path / "share", FEW, seed=7)
    assert not broken
    assert counts[0]["tried"] == FEW
    assert soak.COUNT * len(soak.SEEDS) >= 300
    assert len(MAKERS) == soak.COUNT
    assert len(soak.SEEDS) % len(soak.SAMPLES) == 0


def test_it_notices_who_sees_too_little_and_who_disagrees() -> None:
    files = Handmade(Story()).files()
    other = handmade.sealed({**files, "data/evidence/statement": files["data/evidence/statement"].replace(b"T", b"U")})
    one = Mutation("x", other, (Verdict.INTEGRITY,), (Verdict.COMPLETENESS,))
    as_it_is, anew = Tried(one, files, other, False), Tried(one, files, other, True)

    def said(tried: Tried, ours: str, alone: str, page: str) -> set[str]:
        return set(soak.wrong(tried, Three(ours, alone, page, [])))

    assert said(as_it_is, "BPPPN", "BPPPN", "PPPPP") == set()
    assert said(as_it_is, "PPPPB", "PPPPB", "PPPPP") == {"the program does not see it", "verify.py does not see it"}
    assert said(as_it_is, "BPPPN", "BPPPB", "BPPPN") == {"the program and verify.py disagree"}
    assert said(as_it_is, "BPPPN", "BPPPN", "BPBPN") == {"the page is stricter than the program"}
    assert said(anew, "PPPPB", "PPPPB", "PPPPB") == set()
    assert "the page does not see it, sealed anew" in said(anew, "PPPPB", "PPPPB", "PPPPP")
    assert "the page disagrees on what it sees" in said(anew, "PPPPB", "PPPPB", "PPPPN")
