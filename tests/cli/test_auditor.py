"""From a vault to a proven completeness: export, auditing witness, policy, verdict; the order of custodian.md."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cli.clerk import Clerk
from tests.cli.test_witness import NAME, serving
from tests.vault.checking.test_index import index_line
from vault.evidence import policy


@contextmanager
def auditing(clerk: Clerk) -> Iterator[None]:
    """A witness that audits, reading the folder `export`; vault.toml names it."""
    vkey = clerk(f"witness new counsel --name {NAME} --json").json["vkeys"][0]
    logs = [str(party.key) for party in policy.parse(clerk("policy export").out.encode()).quorum.logs]
    watched = clerk.run("witness", "add-log", "counsel", *logs, "--ledger", "export", "--json").json
    assert watched["logs"][0]["ledger"] == str(clerk.folder / "export")
    with serving(clerk.desk, "--audit") as url:
        path = clerk.folder / "vault" / "vault.toml"
        table = f'\n[[witness]]\nname = "counsel"\nurl = "{url}"\nvkey = "{vkey}"\naudits = true\n'
        path.write_text(path.read_text() + table)
        yield


def verdicts(clerk: Clerk, line: str, code: int = 0) -> dict[str, str]:
    told = clerk(f"verify {line} --json", code=code).json["verdicts"]
    return {name: one["state"] for name, one in told.items()}


def test_completeness_of_a_vault_is_proven_by_the_auditor_of_the_policy(logged: Clerk) -> None:
    with auditing(logged):
        said = logged("checkpoint --witness", code=6).err
        assert "not there up to entry" in said
        assert "ledger export" in said
        logged("ledger export export")
        assert "witness counsel cosigned " in logged("checkpoint --witness").err
        logged("ledger export export")
    logged("policy export -o policy")
    assert policy.parse((logged.folder / "policy").read_bytes()).auditors[0].name == NAME
    said = logged("verify vault --policy policy").out
    assert f"completeness  PROVEN      the index agrees here, and {NAME} recomputed it before cosigning" in " ".join(
        said.split("\n")[4:6]
    )
    assert verdicts(logged, "vault")["completeness"] == "NOT PROVEN"
    told = logged("verify export --policy policy --json").json
    assert {one["state"] for one in told["verdicts"].values()} == {"PROVEN"}
    assert "cosigned by counsel" in told["verdicts"]["order"]["why"]


def test_bookkeeping_behind_the_index_keeps_no_auditor_from_it(logged: Clerk) -> None:
    """An anchor comes first; quorum and completeness are those of the checkpoint at the index."""
    with logged.desk.opened() as archive:
        archive.checkpoint()
        archive.append_public("backup", [f"size {archive.ledger.size()}", f"objects 1 {'ab' * 32}"])
    with auditing(logged):
        logged("ledger export export")
        logged("checkpoint --witness")
        logged("ledger export export")
    logged("policy export -o policy")
    assert (logged.folder / "export" / "checkpoint-indexed").exists()
    for what in ("vault", "export"):
        told = logged(f"verify {what} --policy policy --json").json
        assert {name: one["state"] for name, one in told["verdicts"].items()} == dict.fromkeys(
            ("integrity", "order", "origin", "time", "completeness"), "PROVEN"
        )
        assert any("bookkeeping alone" in note for note in told["notes"])
    logged("disclose a.txt --to ganzhou")
    logged("checkpoint")
    assert verdicts(logged, "vault --policy policy", code=1)["order"] == "NOT PROVEN"


def test_false_index_is_refused_by_name_and_nothing_is_proven(logged: Clerk) -> None:
    with logged.desk.opened() as archive:
        archive.append_public("index", [index_line(archive, without=8)])
        seq = archive.ledger.last_of("index")
    with auditing(logged):
        logged("ledger export export")
        said = logged("checkpoint --witness", code=1).err
    assert "witness counsel has recomputed the ledger and does not cosign" in said
    assert f"index in entry {seq}" in said
    logged("policy export -o policy")
    assert verdicts(logged, "vault --policy policy", code=1)["completeness"] == "BROKEN"


def test_policy_s_fingerprint_is_for_once_and_never_remembered(logged: Clerk) -> None:
    logged("checkpoint")
    logged("policy export --quorum all -o policy")
    identity = (logged.folder / "identity").read_bytes()
    shutil.rmtree(logged.folder / "state")
    logged("verify vault --policy policy")
    assert (logged.folder / "identity").read_bytes() == identity


def test_policy_holds_the_tsa_roots_of_vault_toml_once(clerk: Clerk) -> None:
    command = "openssl req -x509 -newkey ed25519 -nodes -subj /CN=TSA -keyout k -out vault/roots.pem"
    subprocess.run(command.split(), cwd=clerk.folder, check=True, capture_output=True)
    path = clerk.folder / "vault" / "vault.toml"
    path.write_text(path.read_text() + '\n[[tsa]]\nname = "one"\nurl = "http://127.0.0.1:1/"\nroots = "roots.pem"\n')
    assert len(policy.parse(clerk("policy export").out.encode()).tsa_roots) == 1
    assert len(policy.parse(clerk("policy export --tsa vault/roots.pem").out.encode()).tsa_roots) == 1
    (clerk.folder / "vault" / "roots.pem").unlink()
    assert "the roots of TSA one are not there" in clerk("policy export", code=4).err


def test_place_that_is_no_ledger_s_is_refused(clerk: Clerk) -> None:
    clerk(f"witness new counsel --name {NAME}")
    log = next(str(party.key) for party in policy.parse(clerk("policy export").out.encode()).quorum.logs)
    for place in ("https://user:word@log.example/", "http://", "a\nb"):
        clerk.run("witness", "add-log", "counsel", log, "--ledger", place, code=2)
    clerk.run("witness", "add-log", "counsel", log, "--ledger", "https://log.example/l/")
    assert clerk("witness show counsel").lines[-1] == "log magnets.example/disclosures 0 https://log.example/l"
