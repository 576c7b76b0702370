"""`dvault witness`, `dvault checkpoint --witness` and `dvault policy export`, as people run them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest

from tests.cli.clerk import Clerk
from tests.desk import Desk
from tests.evidence.signers import MlDsaSigner, witness
from vault.evidence import note, policy

NAME = "witness.example/counsel"


@contextmanager
def serving(desk: Desk, *more: str) -> Iterator[str]:
    """The real program as a witness, until it is told to end, which it does well."""
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "-v",
        "witness",
        "serve",
        "counsel",
        "--listen",
        "127.0.0.1:0",
        "--json",
        *more,
    ]
    environment = {**os.environ, **desk.environment}
    with subprocess.Popen(
        command, cwd=desk.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stderr
            line = process.stdout.readline()
            assert line, process.stderr.read()
            yield json.loads(line)["url"]
        finally:
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert not any("magnets.example" in line for line in err.splitlines() if line.startswith("{"))
    assert '"answered"' in err


def configured(clerk: Clerk, url: str, vkeys: list[str], name: str = "counsel") -> None:
    path = clerk.folder / "vault" / "vault.toml"
    listed = ", ".join(f'"{vkey}"' for vkey in vkeys)
    path.write_text(path.read_text() + f'\n[[witness]]\nname = "{name}"\nurl = "{url}"\nvkey = [{listed}]\n')


def test_witness_of_a_partner_cosigns_and_the_policy_is_met(logged: Clerk) -> None:
    vkeys = logged(f"witness new counsel --name {NAME} --ml-dsa --json").json["vkeys"]
    exported = policy.parse(logged("policy export").out.encode())
    logs = [str(party.key) for party in exported.quorum.logs]
    watched = logged.run("witness", "add-log", "counsel", *logs, "--json").json
    assert watched["logs"] == [{"origin": "magnets.example/disclosures", "size": 0}]
    with serving(logged.desk) as url:
        configured(logged, url, vkeys)
        said = logged("checkpoint --witness")
        assert "witness counsel cosigned " in said.err
        logged("checkpoint --witness --json")
    signed = note.parse(said.out.encode())
    logged("policy export -o policy")
    judged = policy.parse((logged.folder / "policy").read_bytes()).judge(signed)
    assert judged.missing == ()
    assert {one.name for one in judged.witnesses} == {"counsel.1", "counsel.2"}
    size = int(signed.text.split("\n")[1])
    assert logged("witness show counsel").lines[-1] == f"log magnets.example/disclosures {size}"
    assert logged("verify").out


def test_witness_that_is_down_is_unavailable_and_the_checkpoint_is_printed(clerk: Clerk) -> None:
    configured(clerk, "http://127.0.0.1:1", [str(witness(NAME).key)])
    said = clerk("checkpoint --witness --json", code=6)
    assert said.json["witnesses"][0]["name"] == "counsel"
    assert "down" in said.json["witnesses"][0]["error"]
    assert "error: witness counsel is down: Connection refused\n" in said.err
    assert "hint: repeat it later" in said.err


def test_checkpoint_asks_nobody_unless_told(clerk: Clerk) -> None:
    assert "no witness is named" in clerk("checkpoint --witness", code=2).err
    configured(clerk, "http://127.0.0.1:1", [str(witness(NAME).key)])
    assert "witness" not in clerk("checkpoint").err


def test_policy_lists_what_was_named(clerk: Clerk) -> None:
    first, second, auditor = witness("a.example/w"), MlDsaSigner("b.example/w", "b"), witness("c.example/audit")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ed25519",
        "-nodes",
        "-subj",
        "/CN=TSA",
        "-keyout",
        "k",
        "-out",
        "r.pem",
    ]
    subprocess.run(command, cwd=clerk.folder, check=True, capture_output=True)
    named = ["--witness", str(first.key), "--witness", str(second.key), "--auditor", str(auditor.key), "--tsa", "r.pem"]
    said = clerk.run("policy", "export", *named, "--quorum", "any")
    read = policy.parse(said.out.encode())
    assert read.auditors == (auditor.key,)
    assert len(read.tsa_roots) == 1
    assert [party.name for party in read.quorum.witnesses] == ["a.example/w", "b.example/w"]
    assert read.quorum.is_met_by({"b.example/w"})
    assert f"sha256 {sha256(said.out.encode()).hexdigest()}" in said.err
    told = clerk("policy export --json").json
    assert told["fingerprint"] == read.fingerprint.hex()
    assert policy.parse(told["policy"].encode()).quorum.rule == "none"


def test_policy_that_would_be_none_is_not_written(clerk: Clerk) -> None:
    log = next(
        party.key for party in policy.parse(clerk("policy export").out.encode()).quorum.logs if party.key.kind == 6
    )
    for line, said in (
        (f"policy export --witness {log}", "this makes no policy"),
        (f"policy export --witness {witness('a').key} --quorum 2", "this makes no policy"),
        ("policy export --quorum most --witness x", "vkey"),
        (f"policy export --auditor {log} -o p", "this makes no policy"),
        ("policy export --tsa policy.txt -o p", "is not there"),
    ):
        code = 4 if "--tsa" in line else 2
        assert said in clerk(line, code=code).err
    assert not (clerk.folder / "p").exists()
    clerk.file("p", b"mine")
    clerk("policy export -o p", code=3)
    assert (clerk.folder / "p").read_bytes() == b"mine"
    clerk.file("no.pem", b"no certificate")
    clerk("policy export --tsa no.pem", code=2)


def test_witness_is_made_once_and_watches_logs_only(clerk: Clerk) -> None:
    vkey = clerk(f"witness new w --name {NAME}").lines[0].removeprefix("vkey ")
    clerk(f"witness new w --name {NAME}", code=3)
    clerk("witness new v --name 'a b'", code=2)
    clerk(f"witness add-log w {vkey}", code=3)
    clerk("witness add-log w nonsense", code=2)
    clerk("witness show nowhere", code=4)
    clerk("witness serve w --listen 127.0.0.1", code=2)
    clerk("witness serve w --listen 127.0.0.1:99999", code=2)


def test_wrong_passphrase_serves_nothing(clerk: Clerk) -> None:
    clerk(f"witness new w --name {NAME}")
    (clerk.folder / "passphrase").write_text("another one")
    assert "wrong passphrase" in clerk("witness serve w --listen 127.0.0.1:0", code=3).err


@pytest.mark.parametrize(
    "table", ["[[witness]]\n", "[witness]\nname = 'w'\n", "[[witness]]\nname='w'\nurl='http://x'\nvkey='y'\n"]
)
def test_witness_in_vault_toml_that_is_none_stops_with_what_is_wrong(clerk: Clerk, table: str) -> None:
    path = clerk.folder / "vault" / "vault.toml"
    path.write_text(path.read_text() + table)
    said = clerk("log", code=2).err
    assert "vault.toml" in said
    assert "hint: mend [[witness]] in vault.toml" in said
