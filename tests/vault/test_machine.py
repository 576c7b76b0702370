"""A machine of states: whatever is done in whatever order, the archive holds what a dict would, and verifies."""

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
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
from vault import correcting, doctoring, reviewing
from vault.archive import Archive
from vault.checking.steps import check
from vault.correcting import Links
from vault.errors import Misuse, NotFound, Refused, VaultError
from vault.evidence.checkpoint import open_checkpoint

MEMORY = Path("/dev/shm")  # noqa: S108 - a disk that forgets is fast, and nothing here is killed
CONTENTS = {"empty": b"", "one": b"one", "two": b"two", "large": b"three" * 20_000, "zeros": bytes(70_000)}
NAMES = st.sampled_from(sorted(CONTENTS))
SHORT = st.sampled_from(["licence", "audit", "赣州"])
PURPOSES = SHORT | st.just("a long one " * 300)


@pytest.fixture(scope="session", autouse=True)
def _template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One identity for all runs: Argon2id is slow on purpose."""
    Vault.founder = identity_file.create(
        tmp_path_factory.mktemp("founder") / "identity", Identity.generate(), [Passphrase(lambda: "x")]
    )


class Vault(RuleBasedStateMachine):
    """A vault, and beside it what it should hold: purposes and contents by entry number, in a dict.

    `today` is the purpose that stands after corrections, `void` the entries that do not count, `erased` the payloads
    whose headers were destroyed, `size` the number of entries, `indexes` of them of the index, which a checkpoint adds
    where it is `stale`.
    """

    founder: OpenIdentity

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="dvault-machine-", dir=MEMORY if MEMORY.is_dir() else None))
        self.size = 1
        self.stale, self.indexes = True, 0
        self.expected: dict[int, tuple[str, list[bytes]]] = {}
        self.today: dict[int, str] = {}
        self.void: set[int] = set()
        self.erased: set[bytes] = set()
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
        self.take_in(done.seq, purpose, contents)

    def take_in(self, seq: int, purpose: str, contents: list[bytes]) -> None:
        assert seq == self.size
        self.expected[seq], self.today[seq] = (purpose, contents), purpose
        self.size, self.stale = self.size + 1, True

    @rule(purposes=st.lists(PURPOSES, min_size=1, max_size=4))
    def say(self, purposes: list[str]) -> None:
        for done, purpose in zip(self.archive.append([spoken(p) for p in purposes]), purposes, strict=True):
            self.take_in(done.seq, purpose, [])

    @precondition(lambda self: self.expected)
    @rule(place=st.integers(0), purpose=SHORT)
    def correct(self, place: int, purpose: str) -> None:
        seq, named = self.transmittal(place)
        if seq in self.void or purpose == self.today[seq]:
            with pytest.raises(Misuse):
                correcting.correct(self.archive, named, {"purpose": purpose}, {"reason": "typo"}, Links())
        else:
            correcting.correct(self.archive, named, {"purpose": purpose}, {"reason": "typo"}, Links())
            self.today[seq], self.size, self.stale = purpose, self.size + 1, True

    @precondition(lambda self: self.expected.keys() - self.void)
    @rule(place=st.integers(0))
    def declare_void(self, place: int) -> None:
        seq, named = self.transmittal(place)
        if seq not in self.void:
            correcting.correct(self.archive, named, {}, {"reason": "never sent", "void": True}, Links())
            self.void.add(seq)
            self.size, self.stale = self.size + 1, True

    def transmittal(self, place: int) -> tuple[int, reviewing.Named]:
        """Any of them: its entry and its name."""
        number = place % len(self.expected)
        return list(self.expected)[number], reviewing.name(f"T-{number + 1}")

    @precondition(lambda self: self.size < 40)
    @rule(name=NAMES)
    def destroy_headers(self, name: str) -> None:
        """What an erasure will do to each document of this content."""
        digest = sha256(CONTENTS[name]).digest()
        self.erased |= {one.payload_sha256 for one in self.archive.documents.all() if one.sha256 == digest}
        with self.archive.database.transaction():
            self.archive.database.execute("UPDATE document SET header=NULL WHERE sha256=?", (digest,))

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
        note = self.archive.checkpoint()
        if self.stale:
            self.size, self.stale, self.indexes = self.size + 1, False, self.indexes + 1
        assert self.archive.checkpoint() == note
        assert open_checkpoint(note, self.archive.history.log_at(self.size)).size == self.size

    @rule()
    def open_again(self) -> None:
        self.archive.database.close()
        self.archive = self.machine.open(self.clock)

    @rule()
    def rebuild(self) -> None:
        assert doctoring.rebuild(self.archive) == self.size - 1 - self.indexes
        assert doctoring.examine(self.archive) == []

    @rule()
    def verify(self) -> None:
        report = check(self.archive, documents=True)
        assert report.passes() == bool(self.expected)  # without a disclosure order is not proven
        assert report.remarks == []

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
        self.backup = folder, self.size
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
        if size < self.size:
            with pytest.raises(Refused, match="rolled back"):
                beside.open()
        else:
            beside.open().database.close()
        shutil.rmtree(self.machine.place.path)
        current.rename(self.machine.place.path)
        self.archive = self.machine.open(self.clock)

    @rule()
    def go_on_in_two_copies(self) -> None:
        self.archive.database.close()
        twin = self.machine.elsewhere(self.folder / f"twin-{self.size}-{len(list(self.folder.iterdir()))}")
        with twin.opened(self.clock) as archive:
            archive.append([spoken("elsewhere")])
        self.archive = self.machine.open(self.clock)
        self.say(["licence"])
        with pytest.raises(Refused, match="forked"):
            replace(twin, pinned_in=str(self.folder / "machine" / "pins")).open(self.clock)

    @invariant()
    def holds_what_a_dict_would(self) -> None:
        assert self.archive.ledger.size() == self.size
        for seq, (purpose, contents) in self.expected.items():
            values = self.archive.read(seq).values()
            assert values["purpose"] == purpose
            for place, content in enumerate(contents, 1):
                assert self.content(values, place) in (content, None)

    def content(self, values: dict[str, str | int | bool], place: int) -> bytes | None:
        """None where the header was destroyed, and only there."""
        sink = BytesIO()
        item = {name: values[f"item.{place}.{name}"] for name in ("name", "sha256", "payload-sha256")}
        if bytes.fromhex(str(item["payload-sha256"])) in self.erased:
            with pytest.raises(NotFound, match="erased"):
                self.archive.find_document(item)
            return None
        self.archive.get(self.archive.find_document(item), sink)
        return sink.getvalue()

    @invariant()
    def says_today_what_was_corrected_last(self) -> None:
        for number, (seq, purpose) in enumerate(self.today.items(), 1):
            found = reviewing.review(self.archive, reviewing.name(f"T-{number}"))
            assert (found.seq, found.values["purpose"], found.void) == (seq, purpose, seq in self.void)

    @invariant()
    def stores_each_content_once_and_nothing_else(self) -> None:
        alive = [document.sha256 for document in self.archive.documents.all() if document.header]
        assert len(set(alive)) == len(alive)
        disclosed = {sha256(content).digest() for _, contents in self.expected.values() for content in contents}
        assert disclosed >= set(alive)
        assert {one.payload_sha256 for one in self.archive.documents.all() if not one.header} == self.erased
        assert self.archive.documents.segments() == set(self.archive.segments.names())
        assert list(self.archive.segments.leftovers()) == []

    def teardown(self) -> None:
        try:
            self.verify()
        finally:
            self.archive.database.close()
            shutil.rmtree(self.folder)


TestVault = Vault.TestCase
TestVault.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
