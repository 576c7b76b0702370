"""An auditing witness: what it recomputes, what it refuses by name, and what it reads the second time."""

from pathlib import Path

import pytest

from tests.evidence.ledgers import Ledger
from tests.evidence.trees import nodes_over
from tests.verify.folders import files_of, honest, keys_of, write
from tests.witness.serving import COSIGNER, TIME, post, serving
from vault.evidence import entry, merkle, note
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint, verify_cosignature
from vault.evidence.index import Tree
from vault.evidence.strict import base64_text
from vault.verify.sources import FolderSource, Source
from vault.witness.auditing import LedgerAuditor
from vault.witness.judging import Declined, Witness
from vault.witness.server import Application
from vault.witness.state import States, digest_of


def index(ledger: Ledger, *, without: int = -1) -> None:
    """Append an index entry; a true one, or one that leaves an entry out."""
    tree = Tree()
    for seq, leaf in enumerate(ledger.leaves):
        signed = entry.parse(leaf)
        if seq != without:
            tree.add(signed.entry.kind, signed.entry.tags, signed.hash)
    ledger.public("index", f"index {ledger.size} {base64_text(tree.root)}")


def indexed(disclosures: int = 4) -> Ledger:
    ledger = Ledger.founded()
    for number in range(disclosures):
        ledger.disclose(f"purpose {number}", by="m1")
    index(ledger)
    return ledger


class Counting:
    """A source that counts what is read of it."""

    def __init__(self, inner: Source) -> None:
        self._inner = inner
        self.name = inner.name
        self.read_names: list[str] = []

    def read(self, path: str, limit: int) -> bytes:
        self.read_names.append(path)
        return self._inner.read(path, limit)

    def names(self) -> None:
        return


class Site:
    """A witness with an auditor, which reads the ledger in `folder`."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder, self.told = folder / "export", list[str]()
        self.states = States(folder / "logs", COSIGNER.keys)
        keys = ledger.log.keys
        self.states.add([keys.ed25519, keys.ml_dsa], str(self.folder))
        self.auditor = LedgerAuditor(self.states, self.told.append, self.opened)
        self.sources: list[Counting] = []
        self.witness = Witness(COSIGNER, self.states, lambda: TIME, self.auditor)

    def opened(self, place: str) -> Source:
        self.sources.append(Counting(FolderSource(Path(place))))
        return self.sources[-1]

    def ask(self, ledger: Ledger, size: int = 0) -> None:
        """Ask for a cosignature under the checkpoint over the first `size` entries, or all."""
        self.witness.add_checkpoint(request(self, ledger, size or ledger.size))

    def declined(self, ledger: Ledger, size: int = 0) -> Declined:
        with pytest.raises(Declined) as found:
            self.ask(ledger, size)
        assert self.size(ledger) < (size or ledger.size), "nothing was stored"
        return found.value

    def size(self, ledger: Ledger) -> int:
        newest = self.states.known(digest_of(ledger.origin)).newest
        return newest.size if newest else 0


def request(site: Site, ledger: Ledger, size: int) -> bytes:
    hashes, old = [merkle.leaf_hash(leaf) for leaf in ledger.leaves[:size]], site.size(ledger)
    proof = merkle.consistency_proof(old, size, nodes_over(hashes)) if 0 < old < size else []
    signed = ledger.log.sign(Checkpoint(ledger.origin, size, merkle.root_of_hashes(hashes)))
    return wire.render(old, proof, note.parse(signed))


def site(folder: Path, ledger: Ledger, files: dict[str, bytes] | None = None) -> Site:
    made = Site(folder, ledger)
    write(made.folder, honest(ledger) if files is None else files)
    return made


def test_ledger_that_holds_is_cosigned_over_http(tmp_path: Path) -> None:
    ledger = indexed()
    found = site(tmp_path, ledger)
    with serving(Application(found.witness)) as url:
        status, _, body = post(url, request(found, ledger, ledger.size))
    assert status == 200
    lines = wire.parse_cosignatures(body, note.parse(ledger.checkpoint()), COSIGNER.keys)
    cosigned = note.Note(ledger.tree().text, lines)
    assert [verify_cosignature(cosigned, key) for key in COSIGNER.keys] == [TIME, TIME]


def test_false_index_is_refused_by_its_name_over_http(tmp_path: Path) -> None:
    ledger = Ledger.founded()
    ledger.disclose(by="m1")
    index(ledger, without=1)
    found = site(tmp_path, ledger)
    with serving(Application(found.witness)) as url:
        status, _, body = post(url, request(found, ledger, ledger.size))
    assert status == 422
    assert body.startswith(b"the audit refuses it: index in entry 2: expected the root over 2 entries, ")
    assert found.size(ledger) == 0


def test_false_index_among_true_ones_is_refused(tmp_path: Path) -> None:
    ledger = indexed()
    index(ledger, without=2)
    index(ledger)
    said = site(tmp_path, ledger).declined(ledger)
    assert (said.status, "index in entry 6" in str(said)) == (422, True)


def test_false_index_after_a_cosigned_one_is_refused_and_a_true_one_never_heals_it(tmp_path: Path) -> None:
    ledger = indexed()
    found = site(tmp_path, ledger)
    found.ask(ledger)
    ledger.disclose(by="m1")
    index(ledger, without=1)
    for _ in range(2):
        write(found.folder, honest(ledger))
        assert "index in entry 7" in str(found.declined(ledger))
        index(ledger)


def unsigned(ledger: Ledger) -> None:
    ledger.append(ledger.sign(ledger.entry_of("disclosure", ledger.build([("purpose", "more")])), "m7"))


def without_role(ledger: Ledger) -> None:
    ledger.admit("m2", "recorder")
    ledger.append(ledger.sign(ledger.next_entry("policy", public_lines=("rule retention 10y",)), "m2"))


def wrong_place(ledger: Ledger) -> None:
    ledger.append(ledger.sign(ledger.next_entry("policy", public_lines=("rule a 1y",))._replace(seq=99)))


def false_anchor(ledger: Ledger) -> None:
    ledger.public("anchor", "checkpoint 3 " + "A" * 43 + "=", "token " + "ab" * 32)


@pytest.mark.parametrize(
    ("does", "says"),
    [
        (unsigned, "entry 6"),
        (without_role, "entry 7: expected an entry of kind policy signed by a custodian"),
        (wrong_place, "entry 6: expected sequence number 6"),
        (false_anchor, "anchor in entry 6"),
    ],
)
def test_entry_that_is_broken_is_refused_by_its_name(tmp_path: Path, does: object, says: str) -> None:
    ledger = indexed()
    does(ledger)  # type: ignore[operator]
    index(ledger)
    said = site(tmp_path, ledger).declined(ledger)
    assert said.status == 422
    assert says in str(said)


def test_checkpoint_that_ends_in_no_index_is_refused(tmp_path: Path) -> None:
    ledger = indexed()
    ledger.disclose(by="m1")
    found = site(tmp_path, ledger)
    said = found.declined(ledger)
    assert (said.status, "entry 6 is no index" in str(said)) == (422, True)
    found.ask(ledger, 6)
    assert found.size(ledger) == 6


def test_other_entries_than_the_checkpoint_s_are_refused(tmp_path: Path) -> None:
    """The export shows another history than the one that is to be cosigned."""
    ledger, other = indexed(), Ledger.founded()
    for number in range(4):
        other.disclose(f"invented {number}", by="m1")
    index(other)
    said = site(tmp_path, ledger, honest(other)).declined(ledger)
    assert said.status == 422
    assert f"checkpoint: expected size 6, root {merkle.root(other.leaves).hex()}" in str(said)


def test_leaf_hash_that_differs_from_the_entry_is_refused(tmp_path: Path) -> None:
    ledger = indexed()
    files = honest(ledger)
    files["tile/0/000.p/6"] = bytes(32) + files["tile/0/000.p/6"][32:]
    assert "tile/0/000.p/6, hash 0" in str(site(tmp_path, ledger, files).declined(ledger))


def test_ledger_that_is_not_there_yet_accuses_nobody(tmp_path: Path) -> None:
    ledger = indexed()
    early = honest(ledger)
    ledger.disclose(by="m1")
    index(ledger)
    found = site(tmp_path, ledger, early)
    said = found.declined(ledger)
    assert (said.status, "not there up to entry 7 yet" in str(said)) == (503, True)
    write(found.folder, honest(ledger))
    found.ask(ledger)


def test_ledger_that_cannot_be_read_accuses_nobody_and_names_no_file(tmp_path: Path) -> None:
    ledger = indexed()
    found = site(tmp_path, ledger)
    tile = found.folder / "tile/entries/000.p/6"
    tile.unlink()
    tile.symlink_to(tile)
    said = found.declined(ledger)
    assert said.status == 503
    assert str(tmp_path) not in str(said)
    assert str(tmp_path) in found.told[0]


def test_log_without_a_place_to_read_is_cosigned_by_no_auditor(tmp_path: Path) -> None:
    ledger = indexed()
    found = Site(tmp_path, ledger)
    path = found.states.folder / digest_of(ledger.origin)
    path.write_bytes(path.read_bytes().replace(f"ledger {found.folder}\n".encode(), b""))
    assert found.declined(ledger).status == 503
    assert "add-log --ledger" in found.told[0]


def test_what_was_recomputed_is_not_read_again(tmp_path: Path) -> None:
    ledger = indexed(600)
    found = site(tmp_path, ledger)
    found.ask(ledger)
    ledger.disclose(by="m1")
    index(ledger)
    write(found.folder, honest(ledger))
    found.ask(ledger)
    first, second = (set(source.read_names) for source in found.sources)
    assert "tile/entries/000" in first
    assert {name for name in second if name.startswith("tile/entries")} == {"tile/entries/002.p/92"}


def test_partial_tile_that_has_become_wider_is_read_by_its_beginning(tmp_path: Path) -> None:
    """The export has gone on, behind an anchor, before the auditor came to the index."""
    ledger = indexed()
    ledger.public("backup", "size 6", f"objects 1 {'ab' * 32}")
    found = site(tmp_path, ledger)
    found.ask(ledger, 6)
    assert found.size(ledger) == 6


def test_what_was_followed_is_thrown_away_where_the_ledger_began_otherwise(tmp_path: Path) -> None:
    """Memory of a ledger that was read, but whose cosignature was never stored."""
    ledger, other = indexed(), Ledger.founded()
    for number in range(4):
        other.disclose(f"invented {number}", by="m1")
    index(other)
    found = site(tmp_path, ledger, honest(other))
    found.auditor(other.origin, None, other.tree())
    write(found.folder, files_of(ledger.leaves, ledger.checkpoint(), keys_of(ledger)))
    found.ask(ledger)


def test_place_of_a_ledger_is_kept_and_may_be_changed(tmp_path: Path) -> None:
    ledger = indexed()
    found = Site(tmp_path, ledger)
    keys, states = [ledger.log.keys.ed25519], States(tmp_path / "logs", COSIGNER.keys)
    assert states.add(keys).ledger == str(found.folder)
    assert states.add(keys, "https://log.example/ledger").ledger == "https://log.example/ledger"
    assert states.known(digest_of(ledger.origin)).ledger == "https://log.example/ledger"


def test_audit_that_takes_its_time_keeps_no_thread_waiting(tmp_path: Path) -> None:
    """Further requests about the same log are declined at once, and others are answered."""
    ledger = indexed()
    found = site(tmp_path, ledger)
    with found.states.holding(ledger.origin):
        said = found.declined(ledger)
    assert (said.status, str(said)) == (503, "this log is being audited; repeat it later")
    found.ask(ledger)
