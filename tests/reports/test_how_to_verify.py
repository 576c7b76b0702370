"""HOW-TO-VERIFY.md of a bundle does what it says, with stock tools, in the bundle's folder."""

import base64
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from keys.identity import Identity
from tests.anchoring.authority import Authority
from tests.anchoring.desks import tsa_at
from tests.anchoring.serving import served
from tests.desk import Desk
from tests.reports import bundles
from tests.reports.bundles import QUERIES
from vault import membership
from vault.reports import making, preparing

STEPS = ("the list", "the fingerprint", "the signatures", "the place", "the seal", "what the entries commit to")
"""How the lines begin that end with `holds`."""


@pytest.fixture
def page(desk: Desk, folder: Path) -> Path:
    with desk.opened() as archive:
        membership.admit(archive, Identity.generate().public, frozenset({"recorder"}))
        archive.checkpoint()
    return bundles.sample(desk, folder, "documents").path / "data" / "HOW-TO-VERIFY.md"


@pytest.fixture
def fingerprint(desk: Desk) -> str:
    with desk.opened() as archive:
        return archive.fingerprint


def walk(page: Path, fingerprint: str) -> subprocess.CompletedProcess[str]:
    """All commands of the steps, as somebody types them who stops where one fails."""
    by_hand = page.read_text("utf-8").split("## By a program", 1)[0]
    script = "\n".join(re.findall("```sh\n(.*?)```", by_hand, re.DOTALL))
    return subprocess.run(
        ["bash", "-c", f"export FINGERPRINT={shlex.quote(fingerprint)}\n{script}"],
        cwd=page.parents[1], capture_output=True, text=True, env={**os.environ}, check=False,
    )  # fmt: skip


def held(page: Path, fingerprint: str) -> int:
    """How many steps held before one did not."""
    done = walk(page, fingerprint)
    steps = [any(line.startswith(step) and "hold" in line for line in done.stdout.splitlines()) for step in STEPS]
    return [*steps, False].index(False)


def listed_anew(page: Path) -> None:
    """Both manifests over what lies there now: what whoever changes a file does next."""
    bundle = page.parents[1]
    for name, pattern in (("manifest-sha256.txt", "data/**/*"), ("tagmanifest-sha256.txt", "[!t]*.txt")):
        files = [path for path in sorted(bundle.glob(pattern)) if path.is_file()]
        lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bundle)}\n" for path in files]
        (bundle / name).write_text("".join(lines))


def test_an_honest_bundle_holds_to_the_end(page: Path, fingerprint: str) -> None:
    done = walk(page, " ".join(fingerprint[at : at + 4] for at in range(0, 64, 4)))
    assert done.returncode == 0, done.stderr
    assert "FAILS" not in done.stdout + done.stderr
    assert "entry 7, disclosure, logged 2" in done.stdout
    assert "    member m2 recorder" in done.stdout
    assert "  event-time: 2026-01-05T09:00:00+00:00" in done.stdout
    assert "  recipient.1.name: Ganzhou Magnet" in done.stdout
    assert ": (withheld)" in done.stdout
    assert "    is data/documents/000009-3-图纸.pdf" in done.stdout
    assert held(page, fingerprint) == len(STEPS)


def test_another_ledger_is_noticed_at_the_fingerprint(page: Path) -> None:
    assert held(page, "0" * 64) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda data: (data / "evidence/entries/000007.record").write_bytes(b"x"),
        lambda data: (data / "documents/000007-1-a.txt").unlink(),
        lambda data: (data / "documents/000009-4-more.pdf").write_bytes(b"x"),
        lambda data: (data.parent / "root.pem").write_bytes(b"x"),  # [and step 7 takes it for the reader's own]
        lambda data: (data / "link").symlink_to("verify.py"),
        lambda data: (data / "verify.py").write_text("print('PROVEN')"),
    ],
    ids=["changed", "missing", "more", "a root", "a link", "another program"],
)
def test_files_that_are_not_those_sealed_are_noticed_first(
    page: Path, fingerprint: str, change: Callable[[Path], object]
) -> None:
    change(page.parent)
    assert held(page, fingerprint) == 0
    listed_anew(page)
    assert held(page, fingerprint) == 0  # the seal names another list, or the file is none of a report


def test_a_second_entry_0_is_none(page: Path, fingerprint: str) -> None:
    """[A genesis with the forger's keys, at another place: each reader takes another for entry 0.]"""
    evidence, forger = page.parent / "evidence", Identity.generate()
    text = (evidence / "genesis.entry").read_text("utf-8").rpartition("\n\n")[0] + "\n"
    name = text.split("\n")[1] + "/m1"
    genuine = next(evidence.glob("keys/*.entry"))
    for place, said in (
        ("entries/genesis.entry", text),
        ("keys/000000.entry", text),
        (f"keys/{genuine.name}", text),
        (f"keys/{genuine.name}", text.replace("/v1\n", "/v1\r", 1)),
    ):
        kept = (evidence / place).read_bytes() if (evidence / place).exists() else None
        (evidence / place).write_bytes(forger.signer(name).note(said))
        sealed_by_anybody(page)
        assert held(page, fingerprint) == 1, place
        (evidence / place).unlink() if kept is None else (evidence / place).write_bytes(kept)


def test_entries_in_each_others_places_are_noticed(page: Path, fingerprint: str) -> None:
    """[Records under the number of another hide how late one was logged.]"""
    entries = page.parent / "evidence" / "entries"
    for suffix in ("entry", "record", "tlog-proof"):
        first, second = entries / f"000007.{suffix}", entries / f"000011.{suffix}"
        (one, other) = first.read_bytes(), second.read_bytes()
        first.write_bytes(other)
        second.write_bytes(one)
    sealed_by_anybody(page)
    assert held(page, fingerprint) == 1


def test_a_member_of_whoever_changed_the_bundle_is_nobody(page: Path, fingerprint: str) -> None:
    """[He adds a key entry that makes him m1, signed by himself, and seals whatever he likes.]"""
    evidence, forger = page.parent / "evidence", Identity.generate()
    genuine = next(evidence.glob("keys/*.entry"))
    text = genuine.read_text("utf-8").rpartition("\n\n")[0].replace("member m2", "member m1") + "\n"
    name = text.split("\n")[1] + "/m1"
    genuine.write_bytes(forger.signer(name).note(text))
    sealed_by_anybody(page)
    assert held(page, fingerprint) == 2


def test_an_entry_that_was_never_in_the_ledger_has_no_place(page: Path, fingerprint: str) -> None:
    """[Whoever holds the member's key signs another entry later; the tree has the first.]"""
    proof = page.parent / "evidence" / "entries" / "000009.tlog-proof"
    lines = proof.read_text("utf-8").split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    proof.write_text("\n".join(lines), "utf-8")
    sealed_by_anybody(page)
    assert held(page, fingerprint) == 3


def test_a_seal_over_other_counts_is_noticed(page: Path, fingerprint: str) -> None:
    note = page.parents[1] / "report.note"
    note.write_bytes(note.read_bytes().replace(b"transmittal 1 7", b"transmittal 1 9"))
    assert held(page, fingerprint) == 4


def sealed_by_anybody(page: Path) -> None:
    """Listed anew, and the new list in the seal; its signature is false then, which is found in step 5."""
    listed_anew(page)
    bundle = page.parents[1]
    digest = sha256((bundle / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    note = (bundle / "report.note").read_text("utf-8")
    (bundle / "report.note").write_text(re.sub("(?m)^tagmanifest .*$", f"tagmanifest {digest}", note), "utf-8")


def test_a_record_or_document_beside_its_entry_is_noticed(page: Path, fingerprint: str) -> None:
    """[By whoever can seal: steps 1 to 5 hold.]"""
    (page.parent / "documents" / "000007-1-a.txt").write_text("b")
    sealed_by_anybody(page)
    sealed_by_nobody_asked(page)
    assert held(page, fingerprint) == 5


@pytest.mark.parametrize("left_out", ["entries/000009.record", "documents/000007-1-a.txt"])
def test_what_the_seal_counts_is_counted(page: Path, fingerprint: str, left_out: str) -> None:
    """[By whoever can seal, too.]"""
    next(page.parent.rglob(left_out)).unlink()
    sealed_by_nobody_asked(page)
    assert held(page, fingerprint) == 4


def sealed_by_nobody_asked(page: Path) -> None:
    """As by the member himself: the one check that asks whether he did is taken out of the page."""
    text = page.read_text("utf-8")
    page.write_text(text.replace("check(members[by]", "print or check(members[by]"), "utf-8")
    sealed_by_anybody(page)


def test_the_program_says_the_same_of_what_it_is_told(page: Path, fingerprint: str) -> None:
    block = page.read_text("utf-8").split("## By a program", 1)[1].split("```sh\n", 1)[1].split("```", 1)[0]
    done = subprocess.run(
        ["bash", "-c", f"FINGERPRINT={fingerprint}\n{block}"],
        cwd=page.parents[1], capture_output=True, text=True, env={**os.environ}, check=False,
    )  # fmt: skip
    assert "exit code 1" in done.stdout
    assert "BROKEN" not in done.stdout


def test_time_stamps_are_checked_and_told(desk: Desk, folder: Path) -> None:
    tsa = Authority(folder / "tsa")
    with served(tsa) as server, desk.opened() as archive:
        archive.config = replace(archive.config, tsas=(tsa_at(server, tsa),))
        made = making.make(archive, preparing.prepare(archive, *QUERIES["party"]), folder / "stamped")
    page = (made.path / "data" / "HOW-TO-VERIFY.md").read_text("utf-8")
    commands = [line.strip() for line in page.splitlines() if line.startswith("    openssl ts ")]
    said = [
        subprocess.run(
            ["bash", "-c", f"ROOT={shlex.quote(str(tsa.folder / 'root.pem'))}\n{one}"],
            cwd=made.path, capture_output=True, text=True, check=False,
        ).stdout
        for one in commands
    ]  # fmt: skip
    assert len(said) == 2
    assert "Verification: OK" in said[0]
    assert "Time stamp: " in said[1]
