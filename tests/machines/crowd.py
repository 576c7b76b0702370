"""A crowd of processes at one vault, some of them killed at random moments, and the judgement over what is left."""

import fcntl
import json
import os
import random
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.desk import Desk
from tests.machines.worker import contents
from vault import doctoring
from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.checking.steps import check

PATIENCE = 240.0  # seconds for all of a crowd, on a machine that does much else
FOUNDED = 2  # entries of a new desk: the genesis and a party


@dataclass
class Member:
    """A process and what it has acknowledged; `killed` says that it was given no time to end."""

    name: str
    process: "subprocess.Popen[bytes]"
    told: list[dict[str, Any]] = field(default_factory=list)
    killed: bool = False
    _half: bytes = b""

    def hear(self) -> bool:
        """Take in what it says; False at its end. A line that was cut by its death acknowledges nothing."""
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        *lines, self._half = (self._half + data).split(b"\n")
        self.told += [json.loads(line) for line in lines]
        return bool(data)


class Crowd:
    """Processes at the vault of `desk`; `work` lets them all go at once and hears them to their end."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.rng = desk, random.Random(seed)
        self.members: list[Member] = []

    def start(self, role: str, turns: int) -> Member:
        """One more process."""
        name = f"{role}{len(self.members)}"
        command = [sys.executable, "-m", "tests.machines.worker", str(self.desk.folder), name, role, str(turns)]
        with (self.desk.folder / f"{name}.err").open("wb") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err)
        self.members.append(Member(name, process))
        return self.members[-1]

    def work(self, roles: dict[str, int], turns: int, kills: int = 0) -> Counter[str]:
        """So many processes of each role at once; so many of them killed, each replaced by another. What was done."""
        for role, count in roles.items():
            for _ in range(count):
                self.start(role, turns)
        self._hear_all(turns, kills)
        for member in self.members:
            member.process.wait(PATIENCE)
            said = (self.desk.folder / f"{member.name}.err").read_text()
            assert member.process.returncode == (-signal.SIGKILL if member.killed else 0), said
            assert member.process.stdout is not None
            member.process.stdout.close()
        return Counter(str(one["act"]) for member in self.members for one in member.told)

    def _hear_all(self, turns: int, kills: int) -> None:
        until, next_kill = time.monotonic() + PATIENCE, self._next_kill()
        with selectors.DefaultSelector() as ears:
            for member in self.members:
                ears.register(member.process.stdout, selectors.EVENT_READ, member)  # type: ignore[arg-type]
            while ears.get_map():
                assert time.monotonic() < until, "somebody waits for ever"
                for key, _ in ears.select(max(0.0, next_kill - time.monotonic()) if kills else 1.0):
                    if not key.data.hear():
                        ears.unregister(key.fileobj)
                if kills and time.monotonic() >= next_kill:
                    next_kill = self._next_kill()
                    if (fresh := self._kill_one(turns)) is not None:
                        kills -= 1
                        ears.register(fresh.process.stdout, selectors.EVENT_READ, fresh)  # type: ignore[arg-type]

    def _next_kill(self) -> float:
        return time.monotonic() + self.rng.uniform(0.02, 0.4)

    def _kill_one(self, turns: int) -> Member | None:
        """SIGKILL to one that has begun to work, whatever it is doing, and another in its place."""
        at_work = [one for one in self.members if one.told and one.process.poll() is None and not one.killed]
        if not at_work:
            return None
        victim = self.rng.choice(at_work)
        victim.process.kill()
        victim.killed = victim.process.wait() == -signal.SIGKILL
        return self.start(victim.name.rstrip("0123456789"), turns)

    def judge(self) -> Counter[str]:
        """Hold the vault to every acknowledgement; AssertionError names what broke. What was found."""
        assert is_free(self.desk.folder / "vault" / "lock"), "a dead process holds the lock"
        told = [(member, one) for member in self.members for one in member.told if "seq" in one]
        killed = sum(member.killed for member in self.members)
        with self.desk.opened() as archive:
            left = doctoring.clean(archive)
            assert doctoring.examine(archive) == []
            entries = archive.ledger.size() - FOUNDED - archive.ledger.count("index")
            self._judge_numbers(archive, [one for _, one in told])
            # What was durable and not told any more: at most one entry for each that was killed.
            assert 0 <= entries - len(told) <= killed, (entries, len(told), killed)
            documents = sum(self._judge_documents(archive, who, one) for who, one in told if one["act"] == "disclose")
            report = check(archive, documents=True)
            assert report.passes(), [str(fault) for found in report.faults.values() for fault in found]
            assert archive.documents.segments() == set(archive.segments.names())
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert pin.last_seq <= archive.ledger.size() - 1
        return Counter(
            processes=len(self.members), killed=killed, entries=entries, acknowledged=len(told),
            untold=entries - len(told), orphans=len(left), documents=documents,
        )  # fmt: skip

    def _judge_numbers(self, archive: Archive, told: list[dict[str, Any]]) -> None:
        seqs = [one["seq"] for one in told]
        assert len(set(seqs)) == len(seqs), "two were told one number"
        for kind, act, before in (("disclosure", "disclose", 0), ("party", "register", 1)):
            numbers = [one["number"] for one in told if one["act"] == act]
            assert len(set(numbers)) == len(numbers), f"two were told one number of a {kind}"
            assert set(numbers) <= set(range(1, archive.ledger.count(kind) + 1 + before))
        kinds = Counter(archive.entry(seq).entry.kind for seq in range(archive.ledger.size()))
        listed = [archive.catalog.transmittal(number).seq for number in range(1, kinds["disclosure"] + 1)]
        assert listed == sorted(set(listed)), "a gap among the transmittals"
        assert kinds["disclosure"] == archive.ledger.count("disclosure")

    def _judge_documents(self, archive: Archive, member: Member, told: dict[str, Any]) -> int:
        """Every byte that was acknowledged, by what the worker was to disclose in that turn."""
        values = archive.read(told["seq"]).values()
        assert values["purpose"] == f"{member.name} {told['turn']}"
        assert archive.catalog.transmittal(told["number"]).seq == told["seq"]
        expected = contents(member.name, told["turn"])
        items = items_of(values)
        assert len(items) == len(expected)
        for item, content in zip(items, expected, strict=True):
            sink = BytesIO()
            archive.get(archive.find_document(item), sink)
            assert sink.getvalue() == content, f"{member.name} {told['turn']}: {item['name']} is not what it was"
        return len(items)


def is_free(lock: Path) -> bool:
    """Whether nobody holds it."""
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
