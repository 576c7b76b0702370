"""`dvault keys rotate`, `revoke` and `member remove`: what they print, what goes on, what is said not to be undone."""

import json
import shutil
from pathlib import Path

import pytest

from cli.wiring import opened
from keys import identity_file
from keys.identity import Identity
from keys.protectors.passphrase import Passphrase
from tests.cli.clerk import ALONE, Clerk
from vault import rotating

NOT_UNDONE = "not undone: who holds an older key keeps what he has opened"


@pytest.fixture
def m2(clerk: Clerk, tmp_path: Path) -> None:
    """A reader."""
    made = identity_file.create(tmp_path / "theirs", Identity.generate(), [Passphrase(lambda: "words of his own")])
    clerk.run("keys", "member", "add", str(made.identity.public), "--role", "reader")


def entries(clerk: Clerk) -> int:
    return int(clerk("verify --json --require integrity").json["entries"])


def goes_on(clerk: Clerk) -> None:
    clerk.file("later.txt", b"later")
    clerk("disclose later.txt --to P-0001 --yes")
    clerk("checkpoint")
    verdicts = clerk("verify --documents --json").json["verdicts"]
    assert {verdicts[name]["state"] for name in ("integrity", "order", "origin")} == {"PROVEN"}
    assert clerk("keys rotate --resume").lines == ["nothing was left to do"]


def test_prints_the_new_generations_and_what_is_not_undone(clerk: Clerk) -> None:
    said = clerk("keys rotate content record")
    assert said.lines[:2] == ["content 2", "record 2"]
    assert "ledger.db is encrypted anew" in said.lines
    assert NOT_UNDONE in said.err
    goes_on(clerk)


def test_all_are_all_of_them(clerk: Clerk) -> None:
    said = clerk("keys rotate all --json")
    found = json.loads(said.out)
    assert found["generations"] == {"content": 2, "index": 2, "log": 2, "record": 2}
    assert (found["rekeyed"], found["unopened"]) == (True, 0)
    assert "witnesses and verifiers need the new log keys" in said.err
    assert clerk("keys member show m1 --json").json["holds"] == found["generations"]
    goes_on(clerk)


REFUSED = [
    ("keys rotate", 2, "name keys to rotate, or say --resume"),
    ("keys rotate log --resume", 2, "name keys to rotate, or say --resume"),
    ("keys rotate nonsense", 2, "nonsense"),
    ("keys rotate inbox", 4, "this vault has no key for inbox"),
    ("keys member remove m7", 4, "m7 is no member of this vault"),
    ("keys member remove m1", 3, "m1 is the last custodian"),
    ("keys revoke m1 --from-seq 1", 3, "m1 is the last custodian"),
    ("keys revoke m7 --from-seq 1", 4, "m7 is no member of this vault"),
    ("keys revoke m1", 2, "from-seq"),
]


def test_what_cannot_be_done_changes_nothing(clerk: Clerk) -> None:
    before = entries(clerk)
    for line, code, says in REFUSED:
        assert says in clerk(line, code=code).err, line
    assert entries(clerk) == before


def test_strangers_follow_a_ledger_across_a_rotation_of_every_key(clerk: Clerk) -> None:
    """One checkpoint is from before, one from behind it; each under the log keys of its size."""
    clerk.file("old", clerk("checkpoint").out.encode())
    fingerprint = clerk("verify --json --require integrity").json["fingerprint"]
    clerk("ledger export out")
    clerk("keys rotate all")
    clerk.file("later.txt", b"later")
    clerk("disclose later.txt --to P-0001 --yes")
    clerk("checkpoint")
    clerk("ledger export out")
    said = clerk(f"verify out --checkpoint old --fingerprint {fingerprint} --json").json["verdicts"]
    assert {said[name]["state"] for name in ("integrity", "order", "origin", "completeness")} == {"PROVEN"}
    clerk("proof --consistency old -o consistency")
    clerk("proof T-000001 -o receipt")
    for file in ("consistency", "receipt"):
        said = clerk(f"verify {file} --fingerprint {fingerprint} --require integrity --json").json["verdicts"]
        assert said["integrity"]["state"] == "PROVEN"


def test_who_is_removed_is_gone_and_what_he_held_is_renewed(clerk: Clerk, m2: None) -> None:
    said = clerk("keys member remove m2 --json")
    assert said.json["generations"] == {"content": 2, "index": 2, "record": 2}
    assert NOT_UNDONE in said.err
    shown = clerk("keys member show m2 --json").json
    assert (shown["until"], shown["holds"]) == (said.json["entry"], {})
    goes_on(clerk)


def test_who_is_revoked_is_gone_and_named(clerk: Clerk, m2: None) -> None:
    size = entries(clerk)
    said = clerk(f"keys revoke m2 --from-seq {size}")
    assert said.lines[:3] == ["content 2", "index 2", "record 2"]
    assert clerk("keys member show m2 --json").json["until"] == size
    goes_on(clerk)


def test_what_is_cut_short_says_that_the_entry_is_there_and_is_gone_on_with(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Path(clerk.desk.environment["DVAULT_VAULT"])
    kept = vault.with_name("config")
    shutil.copy(vault / "vault.toml", kept)
    config = (vault / "vault.toml").read_text()
    check = next(line for line in config.splitlines() if line.startswith("check"))
    (vault / "vault.toml").write_text(f"{config}\n# {check}\n")  # two of them: which is to be replaced?
    said = clerk("keys rotate record", code=1)
    assert "was written, but what has to follow it was cut short" in said.err
    assert "dvault keys rotate --resume goes on" in said.err
    shutil.copy(kept, vault / "vault.toml")
    assert "a rotation of keys was cut short" in clerk("doctor").out
    clerk("keys rotate --resume")
    assert clerk("doctor").out == ALONE
    goes_on(clerk)


def test_older_copies_of_the_ledger_are_named(clerk: Clerk) -> None:
    vault = Path(clerk.desk.environment["DVAULT_VAULT"])
    shutil.copy(vault / "ledger.db", vault / "ledger.db.v2")
    assert "ledger.db.v2" not in clerk("doctor").out
    assert "ledger.db.v2 opens by an older record key" in clerk("keys rotate record").err
    assert "ledger.db.v2 is an older copy of ledger.db" in clerk("doctor").out


def test_the_names_of_keys_are_those_of_the_format() -> None:
    from cli.rotating import _KEYS
    from keys.purposes import KNOWN

    assert {*KNOWN, "inbox", rotating.ALL} == set(_KEYS)


def test_what_is_not_undone_is_said_on_going_on_too(clerk: Clerk) -> None:
    with opened(None) as archive:
        rotating.rotate(archive, ["record"])
    said = clerk("keys rotate --resume")
    assert "ledger.db is encrypted anew" in said.lines
    assert NOT_UNDONE in said.err
    assert NOT_UNDONE not in clerk("keys rotate --resume").err
