"""`python -m tests.reports COUNT [SEED]`: so many mutations of a bundle, each judged by `dvault verify`'s own judge."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

from tests.anchoring.authority import Authority
from tests.reports import handmade, mutations
from tests.reports.handmade import Files, Handmade, Story, sealed
from tests.reports.stories import LATER, STAMPED
from vault.evidence.verdicts import Verdict
from vault.verify.bundles import judging


def main(count: int, seed: int) -> None:
    """Half of them against another bundle of the same vault, half against one of another."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tsa = Authority(folder / "tsa")
        story = Story(lambda note: tsa.stamp(note, time=STAMPED))
        end = story.ledger.checkpoint()
        story.anchors[story.ledger.size] = end, [tsa.stamp(end, time=LATER)]
        outside = handmade.believing(story.ledger, tsa.roots)
        files = Handmade(story, documents={"000003-1-rotor.pdf": handmade.DRAWING}).files()

        def judge(made: Files) -> Mapping[Verdict, str]:
            found = judging.judge(handmade.write(folder / "bundle", made), outside).report
            rmtree(folder / "bundle")
            return {verdict: str(found.state(verdict))[0] for verdict in Verdict}

        assert set(judge(files).values()) == {"P"}
        for part, other in enumerate((Story(more=True), Story(origin="other.example/log"))):
            for one in mutations.mutations(files, Handmade(other).files(), seed + part, -(-count // 2)):
                mutations.check(one, judge, sealed)
    sys.stdout.write(f"{count} mutations from seed {seed}: none was green\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
