"""A machine of states: whatever is done in whatever order, the archive holds what a dict would, and verifies."""

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from tests.vault.machine import START, Clock, Machine, found, spoken, written
from vault import doctoring
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Refused, VaultError

MEMORY = Path("/dev/shm")  # noqa: S108 - a disk that forgets is fast, and nothing here is killed
CONTENTS = {"empty": b"", "one": b"one", "two": b"two", "large": b"three" * 20_000, "zeros": bytes(70_000)}
NAMES = st.sampled_from(sorted(CONTENTS))
PURPOSES = st.sampled_from(["licence", "audit", "赣州", "a long one " * 300])


@pytest.fixture(scope="session", autouse=True)
def _template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One identity for all runs: Argon2id is slow on purpose."""
    Vault.founder = identity_file.create(
        tmp_path_factory.mktemp("founder") / "identity", Identity.generate(), [Passphrase(lambda: "x")]
    )


class Vault(RuleBasedStateMachine):
    """A vault, and beside it what it should hold: purposes and contents by entry number."""

    founder: OpenIdentity

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="dvault-machine-", dir=MEMORY if MEMORY.is_dir() else None))
        self.expected: dict[int, tuple[str, list[bytes]]] = {}
        self.backup: tuple[Path, int] | None = None

    @initialize()
    def begin(self) -> None:
        self.machine: Machine = found(self.folder / "machine", self.founder)
        self.clock = Clock(START + timedelta(days=1))
        self.archive: Archive = self.machine.open(self.clock)

    @rule(names=st.lists(NAMES, min_size=1, max_size=3), purpose=PURPOSES)
    def disclose(self, names: list[str], purpose: str) -> None:
        contents = [CONTENTS[name] for name in names]
        with self.archive.storing() as storing:
            documents = [storing.add(BytesIO(content)) for content in contents]
            (done,) = self.archive.append([written(documents, purpose)], storing)
        self.expected[done.seq] = (purpose, contents)

    @rule(purposes=st.lists(PURPOSES, min_size=1, max_size=4))
    def say(self, purposes: list[str]) -> None:
        for done, purpose in zip(self.archive.append([spoken(p) for p in purposes]), purposes, strict=True):
            self.expected[done.seq] = (purpose, [])

    @rule(name=NAMES)
    def give_up_while_storing(self, name: str) -> None:
        with self.archive.storing() as storing:
            storing.add(BytesIO(CONTENTS[name]))

    @rule()
    def be_refused_for_the_clock(self) -> None:
        clock = self.archive.clock
        self.archive.clock = lambda: clock() - timedelta(days=400)
        with pytest.raises(VaultError), self.archive.storing() as storing:
            self.archive.append([written([storing.add(BytesIO(b"never"))])], storing)
        self.archive.clock = clock

    @rule()
    def sign(self) -> None:
        self.archive.checkpoint()

    @rule()
    def open_again(self) -> None:
        self.archive.database.close()
        self.archive = self.machine.open(self.clock)

    @rule()
    def rebuild(self) -> None:
        assert doctoring.rebuild(self.archive) == len(self.expected)

    @rule()
    def be_killed_while_storing(self) -> None:
        segment = self.archive.segments.new()
        segment.sink.write(b"half")
        segment.sink.close()
        assert doctoring.clean(self.archive) == [f"{segment.name}.part"]

    @rule()
    def back_up(self) -> None:
        self.archive.database.close()
        folder = self.folder / f"backup-{len(list(self.folder.iterdir()))}"
        shutil.copytree(self.machine.place.path, folder)
        self.backup = folder, len(self.expected)
        self.archive = self.machine.open(self.clock)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def put_the_backup_back(self) -> None:
        assert self.backup is not None
        folder, size = self.backup
        beside = replace(self.machine, folder=self.folder / "machine")
        self.archive.database.close()
        current = self.machine.place.path.rename(self.folder / "current")
        shutil.copytree(folder, self.machine.place.path)
        if size < len(self.expected):
            with pytest.raises(Refused, match="rolled back"):
                beside.open()
        else:
            beside.open().database.close()
        shutil.rmtree(self.machine.place.path)
        current.rename(self.machine.place.path)
        self.archive = self.machine.open(self.clock)

    @invariant()
    def holds_what_a_dict_would(self) -> None:
        assert self.archive.ledger.size() == len(self.expected) + 1
        for seq, (purpose, contents) in self.expected.items():
            values = self.archive.read(seq).values()
            assert values["purpose"] == purpose
            assert [self.content(values, place) for place in range(1, len(contents) + 1)] == contents

    def content(self, values: dict[str, str | int | bool], place: int) -> bytes:
        sink = BytesIO()
        item = {name: values[f"item.{place}.{name}"] for name in ("name", "sha256", "payload-sha256")}
        self.archive.get(self.archive.find_document(item), sink)
        return sink.getvalue()

    @invariant()
    def stores_each_content_once_and_nothing_else(self) -> None:
        different = {content for _, contents in self.expected.values() for content in contents}
        assert len(list(self.archive.documents.all())) == len(different)
        assert self.archive.documents.segments() == set(self.archive.segments.names())
        assert list(self.archive.segments.leftovers()) == []

    def teardown(self) -> None:
        try:
            report = check(self.archive, documents=True)
            assert report.passes() == bool(self.expected)  # without a disclosure order is not proven
            assert report.remarks == []
        finally:
            self.archive.database.close()
            shutil.rmtree(self.folder)


TestVault = Vault.TestCase
TestVault.settings = settings(
    max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
