"""Following a ledger: only what is new is read, a fork and a shrunk ledger are noticed, the state is never spoilt."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.evidence.ledgers import Ledger
from tests.verify.folders import ALONE, files_of, filled, findings, honest, keys_of, short, write
from vault.errors import Unavailable
from vault.evidence.strict import Malformed
from vault.verify import asking, following
from vault.verify.auditing import Audit, audit
from vault.verify.following import State
from vault.verify.outside import Outside
from vault.verify.sources import FolderSource
from vault.verify.walking import Effort

LEDGER = filled(600)
FILES = honest(LEDGER)


@dataclass
class Watched:
    """A source that takes down what is read."""

    folder: Path
    read_: list[str] = field(default_factory=list)
    name: str = "watched"

    def read(self, path: str, limit: int) -> bytes:
        self.read_.append(path)
        return FolderSource(self.folder).read(path, limit)

    def names(self) -> Iterator[str] | None:
        return FolderSource(self.folder).names()


def look(folder: Path, state: State | None, known: Ledger, effort: Effort = ALONE) -> Audit:
    return audit(FolderSource(folder), Outside(known.fingerprint.hex(), (), state), effort)


@pytest.fixture
def ledger() -> Ledger:
    return deepcopy(LEDGER)


@pytest.fixture
def state(ledger: Ledger, tmp_path: Path) -> State:
    found = look(write(tmp_path / "first", FILES), None, ledger)
    assert found.to_keep is not None
    return found.to_keep


def test_state_is_what_was_seen(ledger: Ledger, state: State) -> None:
    assert (state.unverified, state.fingerprint) == (ledger.tree(), ledger.fingerprint)
    assert (state.key_entries, state.transmittals) == ((0, 1), 600)
    assert following.parse(bytes(state)) == state


def test_only_key_entries_and_what_is_new_are_read_again(ledger: Ledger, state: State, tmp_path: Path) -> None:
    for number in range(400):
        ledger.disclose(f"more {number}", by="m2")
    source = Watched(write(tmp_path / "later", honest(ledger)))
    found = audit(source, Outside(ledger.fingerprint.hex(), (), state), ALONE)
    assert short(found) == "PPP"
    assert (found.report.entries, found.report.transmittals) == (1002, 1000)
    assert "tile/entries/001" not in source.read_  # the first holds the key entries, the third the last one seen
    assert any("entries 0 to 601 were read at an earlier look" in remark for remark in found.report.remarks)
    assert found.to_keep == look(source.folder, None, ledger).to_keep


def test_nothing_new_is_fine(ledger: Ledger, state: State, tmp_path: Path) -> None:
    found = look(write(tmp_path / "same", honest(ledger)), state, ledger)
    assert short(found) == "PPP"
    assert found.to_keep is not None
    assert found.to_keep.unverified == state.unverified


def test_a_crew_follows_too(ledger: Ledger, state: State, tmp_path: Path) -> None:
    for number in range(600):
        ledger.disclose(f"more {number}", by="m2")
    folder = write(tmp_path / "later", honest(ledger))
    crew = look(folder, state, ledger, Effort(chunk=1, processes=2))
    alone = look(folder, state, ledger)
    assert short(crew) == "PPP"
    assert (findings(crew), crew.report.transmittals) == (findings(alone), alone.report.transmittals)


def forked(size: int, common: int) -> Ledger:
    other = Ledger(LEDGER.origin, LEDGER.leaves[: common + 2])
    while other.size < size:
        other.disclose(f"another {other.size}", by="m2")
    return other


@pytest.mark.parametrize(("common", "size"), [(599, 700), (10, 602), (0, 900)])
def test_a_fork_is_broken_and_named(ledger: Ledger, state: State, tmp_path: Path, common: int, size: int) -> None:
    """Up to entry 602 another history than was seen, valid in itself."""
    other = forked(size, common)
    found = look(write(tmp_path / "fork", honest(other)), state, ledger)
    assert short(found) == "PBP"
    assert any("checkpoint in the state of the last look" in one for one in findings(found))
    assert found.to_keep is None


def test_a_shrunk_ledger_is_broken(ledger: Ledger, state: State, tmp_path: Path) -> None:
    early = filled(500)
    found = look(write(tmp_path / "shrunk", honest(early)), state, ledger)
    assert short(found) == "PBP"
    assert any("at least the 602 entries that were there, found '502" in one for one in findings(found))
    assert found.to_keep is None


def test_a_wrong_signer_among_the_new_is_broken(ledger: Ledger, state: State, tmp_path: Path) -> None:
    ledger.append(ledger.sign(ledger.next_entry("policy", public_lines=("rule retention 10y",)), "m2"))
    found = look(write(tmp_path / "later", honest(ledger)), state, ledger)
    assert short(found) == "PPB"
    assert found.to_keep is None


def test_a_member_who_left_before_cannot_come_back_unseen(ledger: Ledger, tmp_path: Path) -> None:
    """The keys up to the state are those that the key entries say, not those of a genesis alone."""
    ledger.change_keys("remove m2")
    seen = look(write(tmp_path / "first", honest(ledger)), None, ledger).to_keep
    assert seen is not None
    ledger.disclose(by="m2")
    assert short(look(write(tmp_path / "later", honest(ledger)), seen, ledger)) == "PPB"


def test_what_was_revoked_before_is_not_forgotten(ledger: Ledger, tmp_path: Path) -> None:
    ledger.change_keys("revoke m2 9")
    seen = look(write(tmp_path / "first", honest(ledger)), None, ledger)
    assert short(seen) == "PPN"
    ledger.disclose(by="m1")
    found = look(write(tmp_path / "later", honest(ledger)), seen.to_keep, ledger)
    assert short(found) == "PPN"
    assert any("entries 9 to 602: expected a signer not revoked later" in one for one in findings(found))


def test_a_revocation_that_reaches_back_is_told(ledger: Ledger, state: State, tmp_path: Path) -> None:
    ledger.change_keys("revoke m2 9")
    found = look(write(tmp_path / "later", honest(ledger)), state, ledger)
    assert short(found) == "PPN"


def test_a_hidden_key_entry_of_the_state_makes_it_read_everything(ledger: Ledger, state: State, tmp_path: Path) -> None:
    """A state that names too few key entries leads to wrong keys: BROKEN at worst, never green for a forged entry."""
    less = State(state.note, state.fingerprint, (0,), state.transmittals, state.time)
    ledger.disclose(by="m2")
    assert short(look(write(tmp_path / "later", honest(ledger)), less, ledger)) == "PPB"


def test_damage_to_what_was_read_before_is_seen_where_it_is_needed(
    ledger: Ledger, state: State, tmp_path: Path
) -> None:
    folder = write(tmp_path / "later", honest(ledger))
    data = bytearray((folder / "tile/0/000").read_bytes())
    data[5] ^= 1
    (folder / "tile/0/000").write_bytes(data)
    assert short(look(folder, state, ledger)) == "BPP"  # the genesis is not proven by it, so everything is read


def test_a_checkpoint_alone_is_compared_and_everything_read(ledger: Ledger, tmp_path: Path) -> None:
    early = files_of(ledger.leaves[:9], filled(7).checkpoint(), keys_of(ledger))["checkpoint"]
    found = look(write(tmp_path / "later", honest(ledger)), State(early), ledger)
    assert short(found) == "PPP"
    assert found.report.remarks == []
    assert short(look(write(tmp_path / "fork", honest(forked(700, 3))), State(early), ledger)) == "PBP"


class TestFile:
    """The file that `--since` names."""

    def test_it_is_made_at_the_first_look_and_replaced_at_later_ones(self, ledger: Ledger, tmp_path: Path) -> None:
        folder, since = write(tmp_path / "ledger", honest(ledger)), tmp_path / "state"
        first = asking.look(str(folder), Outside(), since)
        assert any("nothing was kept from an earlier look" in remark for remark in first.report.remarks)
        kept = following.read(since)
        assert kept is not None
        assert kept.unverified.size == 602
        assert since.stat().st_mode & 0o777 == 0o600
        ledger.disclose(by="m2")
        assert asking.look(str(write(folder, honest(ledger))), Outside(), since).report.remarks
        again = following.read(since)
        assert again is not None
        assert again.unverified.size == 603

    def test_it_stays_where_anything_is_broken(self, ledger: Ledger, state: State, tmp_path: Path) -> None:
        since = tmp_path / "state"
        since.write_bytes(bytes(state))
        found = asking.look(str(write(tmp_path / "fork", honest(forked(700, 3)))), Outside(), since)
        assert any("kept as it is" in remark for remark in found.report.remarks)
        assert since.read_bytes() == bytes(state)

    def test_a_checkpoint_becomes_a_state_that_holds_it(self, ledger: Ledger, tmp_path: Path) -> None:
        since = tmp_path / "checkpoint"
        files = honest(ledger)
        since.write_bytes(files["checkpoint"])
        asking.look(str(write(tmp_path / "ledger", files)), Outside(), since)
        assert since.read_bytes().endswith(b"\n\n" + files["checkpoint"])

    def test_what_cannot_be_read_is_unavailable(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="cannot be read"):
            following.read(tmp_path)
        assert following.read(tmp_path / "none") is None


BYTES = b"".join([
    b"disclosure-vault/followed/v1\n", b"fingerprint " + b"ab" * 32 + b"\n", b"key 0\nkey 3\ntransmittals 1\n",
    b"time 2026-11-22T17:42:28.123456Z\n\n", filled(2).checkpoint(),
])  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/v1\n", b"/v2\n"), (b"key 0\n", b""), (b"key 0\nkey 3\n", b""), (b"key 3\n", b"key 0\n"),
        (b"key 3\n", b"key 4\n"), (b"key 3\n", b"key 03\n"), (b"transmittals 1\n", b""), (b"time ", b"clock "),
        (b"fingerprint ", b"Fingerprint "), (b"ab\n", b"a\n"), (b"123456Z", b"123Z"), (b"Z\n\n", b"Z\n"),
        (b"transmittals 1\n", b"transmittals 1\ntransmittals 1\n"), (b"\n4\n", b"\n04\n"),
        (b"key 0\nkey 3", b"key 3\nkey 0"),
    ],
)  # fmt: skip
def test_a_state_has_one_spelling(old: bytes, new: bytes) -> None:
    assert bytes(following.parse(BYTES)) == BYTES
    with pytest.raises(Malformed):
        following.parse(BYTES.replace(old, new, 1))
