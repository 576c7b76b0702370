"""A sample of the damage that `python -m tests.damage` does: nothing passes unnoticed, unnamed, or changes a file."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.damage import files, flips, vaults
from tests.damage.flips import SEED, Bench, Target
from tests.damage.full import Deeds, all_deeds
from tests.damage.judging import Answer, judge
from tests.damage.vaults import Vaults

FLIPS = 20  # of each target, and as many of its structure
DEEDS = 5  # of each file


@pytest.fixture(scope="module")
def made() -> Iterator[Vaults]:
    with vaults.room() as folder:
        yield vaults.build(folder)


def test_the_vaults_are_sound_before(made: Vaults, tmp_path: Path) -> None:
    for name in ("plain", "classic", "logged", "restarted"):
        assert judge(getattr(made, name).copied(tmp_path / name)).answer is Answer.GREEN


@pytest.fixture(scope="module")
def targets(made: Vaults) -> dict[str, Target]:
    return {target.name: target for target in flips.targets(made)}


@pytest.mark.parametrize("name", [
    "identity", "pin", "keyring", "segment 1", "segment 2", "ledger.db, pages read at opening",
    "ledger.db, other pages", "ledger.db-wal", "ledger.db-wal, behind its end",
])  # fmt: skip
def test_a_flipped_byte_is_noticed_and_named(
    made: Vaults, targets: dict[str, Target], tmp_path: Path, name: str
) -> None:
    target = targets[name]
    original = getattr(made, target.vault)
    bench = Bench(target, original, original.copied(tmp_path / "bench"))
    found = {(tried := bench.trial(one)).fault(target) for one in target.sample(FLIPS)}
    assert found == ({"explained"} if target.harmless else {""}), tried.words


def test_a_damaged_file_is_noticed_named_and_left_as_it_is(made: Vaults) -> None:
    random = Random(SEED)
    by_file: dict[str, list[Deeds]] = {}
    for deed in all_deeds(made):
        by_file.setdefault(deed[2], []).append(deed)
    with vaults.room() as folder:
        for deeds in by_file.values():
            for _, machine, target, damage in random.sample(deeds, DEEDS):
                result = files.trial(machine, folder / "here", target, damage)
                assert result.fault == "", (target, damage.name, result.outcome.words, result.findings)
