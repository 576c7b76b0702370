"""Report bundles, and what somebody makes of them: one change each, and then left, listed anew, or sealed anew."""

import io
import random
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from hypothesis import strategies as st

from tests.anchoring.authority import Authority
from tests.reports import handmade, mutations
from tests.reports.handmade import EVIDENCE, ORDER, PARTY, Files, Handmade, Story
from tests.reports.stories import LATER, STAMPED
from tests.strangers.comparing import Compared, compare_bundle
from tests.strangers.ledgers import WHERE, rewritten
from vault.evidence.statement import Query, Withheld
from vault.verify.outside import Outside

TEXTS = ("statement", ".proof", ".proofs", ".entry", ".record", ".tlog-proof", "checkpoint")
ON_TEXTS = ["line dropped", "line twice", "lines swapped", "word", "word"]
MENDED = ["left", "listed anew", "sealed anew", "sealed anew"]
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
SAMPLES = ["party", "ledger", "all", "excluded", "numbers", "withheld"]
TRIALS = st.tuples(
    st.sampled_from(SAMPLES),
    st.one_of(
        st.tuples(st.just("made"), st.integers(0, len(mutations.MAKERS) - 1), WHERE),
        st.tuples(st.sampled_from(ON_TEXTS), WHERE, WHERE),
    ),
    st.sampled_from(MENDED),
    st.integers(0, 5),
    st.booleans(),
)
"""A bundle, what is changed, by what it is covered up, what is known, and whether it lies in a zip."""


def zipped(files: Files) -> bytes:
    """The bundle in one folder of a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"report/{name}", (1980, 1, 1, 0, 0, 0))
            info.external_attr, info.create_system = 0o100600 << 16, 3
            small = len(files[name]) < 200
            info.compress_type = zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return made.getvalue()


class Reports:
    """Stamped bundles of one ledger, one of another, and those who look at them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tsa = folder / "report", Authority(folder / "tsa")
        self.story = Story(lambda note: self.tsa.stamp(note, time=STAMPED))
        end = self.story.ledger.checkpoint()
        self.story.anchors[self.story.ledger.size] = end, [self.tsa.stamp(end, time=LATER)]

    @cached_property
    def samples(self) -> dict[str, Files]:
        """Honest ones."""
        story, excluded = self.story, {5: "not-within"}
        hidden = {3: ["purpose"], 8: ["event-time"]}
        patterns = [Withheld("event-time", "privilege"), Withheld("purpose", "privilege")]
        made = {
            "party": Handmade(story, documents={"000003-1-rotor.pdf": handmade.DRAWING}),
            "ledger": Handmade(story, ledger_too=True),
            "all": Handmade(story, Query(every=True)),
            "excluded": Handmade(story, PARTY._replace(within=(ORDER,), since=NOVEMBER), excluded),
            "numbers": Handmade(story, Query(chosen=(1, 2))),
            "withheld": Handmade(story, hidden=hidden, patterns=patterns),
        }
        return {name: one.files() for name, one in made.items()}

    @cached_property
    def others(self) -> Sequence[Files]:
        """Of the same keys, and of other ones."""
        return [Handmade(Story(more=True)).files(), Handmade(Story(origin="other.example/log")).files()]

    @cached_property
    def outsides(self) -> Sequence[Outside]:
        """What a verifier may know: mostly whom to believe."""
        whole = handmade.believing(self.story.ledger, self.tsa.roots)
        assert whole.policy
        nobody = replace(whole, policy=replace(whole.policy, auditors=()))
        return [whole, whole, whole, nobody, Outside(whole.policy.fingerprint.hex()), Outside()]

    def changed(self, name: str, change: tuple[str, int, int], mended: str) -> Files:
        """The files of a bundle after a change."""
        before, (what, one, other) = self.samples[name], change
        if what == "made":
            rng = random.Random(other)
            mutation = mutations.MAKERS[one](before, self.others[other % 2], rng)
            files = mutation.files if mutation else before
        else:
            texts = sorted(known for known in before if known.startswith(EVIDENCE) and known.endswith(TEXTS))
            at, to = texts[one % len(texts)], texts[other % len(texts)]
            files = {**before, at: rewritten(before[at], before[to], what, one // 7, other // 7)}
        if mended == "listed anew":
            return handmade.remade(files)
        said = files.get(EVIDENCE + "statement", b"\xff").isascii()
        return handmade.sealed(files, origin=self.story.origin) if mended == "sealed anew" and said else files

    def on_report(self, name: str, change: tuple[str, int, int], mended: str, who: int, in_zip: bool) -> Compared:
        """Both on a changed bundle."""
        files = self.changed(name, change, mended)
        shutil.rmtree(self.folder, ignore_errors=True)
        if not in_zip:
            return compare_bundle(handmade.write(self.folder, files), self.outsides[who])
        self.folder.mkdir()
        (self.folder / "report.zip").write_bytes(zipped(files))
        return compare_bundle(self.folder / "report.zip", self.outsides[who])
