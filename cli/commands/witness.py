"""`dvault witness`: be a witness for the ledgers of others. docs/witness.md."""

import signal
import sys
from pathlib import Path

import click

from cli import logs, options, output, settings, unlocking
from cli.commands.policy import VKEY
from keys import witness_file
from keys.protectors.passphrase import Passphrase
from keys.signing import Cosigner
from keys.witness_file import LockedWitness
from vault.errors import Misuse, NotFound, Refused, Unavailable
from vault.evidence.note import Key
from vault.evidence.strict import Malformed
from vault.verify.sources import is_address
from vault.verify.web import HttpSource
from vault.witness.auditing import LedgerAuditor
from vault.witness.judging import Witness
from vault.witness.state import Known, States

FOLDER = click.argument("folder", metavar="DIR", type=options.FILE)


@click.group("witness")
def command() -> None:
    """Be a witness: cosign the ledgers of others, once each size, and never a second history.

    A witness reads no disclosure: it sees the origin, the size and the root of a ledger.
    """


@command.command("new")
@FOLDER
@click.option("--name", required=True, metavar="NAME", help="The witness's name for ever, like example.com/witness.")
@click.option("--ml-dsa", is_flag=True, help="With an ML-DSA-44 key beside the Ed25519 one.")
@options.json_option
def new(folder: Path, name: str, ml_dsa: bool, as_json: bool) -> None:
    """Make the keys of a witness in DIR, under a passphrase, and print its vkeys for those who will believe it."""
    protector = Passphrase(lambda: settings.passphrase("New passphrase of the witness's keys", confirm=True))
    try:
        made = witness_file.create(_key_file(folder), name, [protector], ml_dsa=ml_dsa)
    except FileExistsError as exc:
        raise Refused(f"{folder} holds a witness already", "choose a new folder") from exc
    except Malformed as exc:
        raise Misuse(str(exc), "a name like example.com/witness") from exc
    with output.acknowledging(f"the witness {output.inert(folder)} is made, dvault witness show prints its vkeys"):
        _print(made.keys, [], as_json)
    output.say("hint: dvault witness add-log adds a ledger; the folder is never to be restored from an older copy")


@command.command("add-log")
@FOLDER
@click.argument("vkeys", metavar="VKEY...", type=VKEY, nargs=-1, required=True)
@click.option("--ledger", default="", metavar="URL|FOLDER", help="Where `serve --audit` reads it in tile form.")
@options.json_option
def add_log(folder: Path, vkeys: tuple[Key, ...], ledger: str, as_json: bool) -> None:
    """Watch a ledger: VKEY is a key of its log, as `dvault policy export` prints it; further keys of it may follow.

    A running witness watches it from the next request on.
    """
    locked = _load(folder)
    place = _place(ledger) if ledger else ""
    known = States(folder / "logs", locked.unverified_keys).add(vkeys, place)
    with output.acknowledging(f"{output.inert(known.origin)} is watched"):
        _print((), [known], as_json)


@command.command("show")
@FOLDER
@options.json_option
def show(folder: Path, as_json: bool) -> None:
    """Print the vkeys of the witness, and of each ledger it watches the newest size that it cosigned."""
    locked = _load(folder)
    states = States(folder / "logs", locked.unverified_keys)
    _print(locked.unverified_keys, states.logs() if states.folder.is_dir() else [], as_json)


@command.command("serve")
@FOLDER
@click.option("--listen", default="127.0.0.1:8460", metavar="HOST:PORT", help="Where, behind a TLS proxy.")
@click.option("--audit", is_flag=True, help="Read each ledger and recompute its index before cosigning.")
@options.json_option
def serve(folder: Path, listen: str, audit: bool, as_json: bool) -> None:
    """Answer until interrupted: POST /add-checkpoint, and GET of the newest checkpoint cosigned.

    With --audit it cosigns only what ends in an index entry, and only after it has read every entry up to there where
    add-log --ledger said, and found nothing BROKEN. Its keys are then those of an auditor: never serve them without.
    """
    from vault.witness import server

    host, port = _address(listen)
    locked = _load(folder)
    with logs.timed("witness unlocked"):
        cosigner = _unlock(locked)
    states = States(folder / "logs", cosigner.keys)
    witness = Witness(cosigner, states, auditor=LedgerAuditor(states, _trouble) if audit else None)
    application = server.Application(witness, logs.log, _trouble)
    try:
        running = server.listen(application, host, port)
    except OSError as exc:
        raise Unavailable(f"{listen} cannot be listened on: {exc.strerror}", "name another by --listen") from exc
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    url = f"http://{host}:{running.effective_port}"
    if as_json:
        output.as_json({"url": url, "vkeys": [str(key) for key in cosigner.keys]})
    else:
        output.data(f"listening on {url}")
    sys.stdout.flush()
    running.run()


def _trouble(said: str) -> None:
    output.say(f"error: {output.inert_lines(said)}")


def _place(said: str) -> str:
    """An address as it was said, a folder by its whole path."""
    if not is_address(said):
        return str(Path(said).absolute())
    return HttpSource(said).name


def _key_file(folder: Path) -> Path:
    return folder / "key"


def _load(folder: Path) -> LockedWitness:
    try:
        return witness_file.load(_key_file(folder))
    except FileNotFoundError as exc:
        raise NotFound(f"no witness at {folder}", "dvault witness new DIR makes one") from exc


def _unlock(locked: LockedWitness) -> Cosigner:
    return locked.opened_with(unlocking.unlock(locked.frame))


def _address(said: str) -> tuple[str, int]:
    host, _, port = said.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port[:6]) > 65_535:
        raise click.BadParameter("an address is HOST:PORT, like 127.0.0.1:8460", param_hint="--listen")
    return host.strip("[]"), int(port)


def _print(keys: tuple[Key, ...], watched: list[Known], as_json: bool) -> None:
    sizes = [(known.origin, known.newest.size if known.newest else 0, known.ledger) for known in watched]
    if as_json:
        shown = [
            {"origin": origin, "size": size} | ({"ledger": ledger} if ledger else {}) for origin, size, ledger in sizes
        ]
        output.as_json({"vkeys": [str(key) for key in keys], "logs": shown})
        return
    for key in keys:
        output.data(f"vkey {key}")
    for origin, size, ledger in sizes:
        output.data(f"log {output.inert(origin)} {size}" + (f" {output.inert(ledger)}" if ledger else ""))
