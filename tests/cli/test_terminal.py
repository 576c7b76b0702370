"""On a terminal: what nobody stated is asked for, nothing is written unasked, passphrases are not seen."""

from collections.abc import Callable, Iterator

import pytest

from tests.cli.clerk import Clerk
from tests.cli.terminal import Terminal

Spawn = Callable[..., Terminal]


@pytest.fixture
def spawn(clerk: Clerk) -> Iterator[Spawn]:
    """Starts `dvault` on a terminal; `typed` leaves out the variable that would spare the passphrase."""
    begun: list[Terminal] = []

    def start(*arguments: str, typed: bool = False) -> Terminal:
        environment = {**clerk.desk.environment, "TZ": "Europe/Berlin"}
        if typed:
            del environment["DVAULT_PASSPHRASE_FILE"]
        begun.append(Terminal(clerk.folder, environment, *arguments))
        return begun[-1]

    yield start
    for terminal in begun:
        terminal.close()


def test_what_nobody_stated_is_asked_for_and_checked(clerk: Clerk, spawn: Spawn) -> None:
    clerk.file("a.txt")
    terminal = spawn("disclose", "a.txt", "--to", "ganzhou", "--at", "2025-01-05", "--purpose", "licence")
    terminal.saw("discloser (legal entity").type("E GmbH").saw("person (natural").type("").saw("basis (").type("law")
    terminal.saw("site-visit, phone, file-transfer, other").type("E-Mail!").saw("Error: --method: expected").type(
        "email"
    )
    terminal.saw("designation:").type("Trade secret").saw("late-reason (").type("on leave")
    terminal.saw("to Ganzhou Magnet (CN)\n5 Jan 2025 (stated)\n").saw("Not stated: person.").saw(
        "Write it? [y/N]"
    ).type("y")
    assert terminal.saw("T-000001").end() == 0
    found = clerk("show T-1 --json").json["fields"]
    assert (found["discloser.entity"], found["discloser.person"]) == ("E GmbH", "not stated")
    assert (found["method"], found["designation"], found["late-reason"]) == ("email", "trade-secret", "on leave")


def test_answering_no_writes_nothing(clerk: Clerk, spawn: Spawn) -> None:
    terminal = spawn("disclose", "--to", "ganzhou", "--narrative", "talk", "--like", "1", typed=False)
    assert terminal.saw("T-000001 is not in this vault").end() == 4
    clerk.file("a.txt")
    terminal = spawn("disclose", "a.txt", "--to", "ganzhou")
    for field in ("discloser (", "person (", "purpose (", "basis (", "method:", "designation:"):
        terminal.saw(field).type("")
    terminal.saw("Write it?").type("n")
    assert terminal.saw("nothing was written").end() == 130
    assert clerk("log").out == ""


def test_yes_and_dry_run_ask_nothing(clerk: Clerk, spawn: Spawn) -> None:
    clerk.file("a.txt")
    assert spawn("disclose", "a.txt", "--to", "ganzhou", "--dry-run").saw("dry run").end() == 0
    assert spawn("disclose", "a.txt", "--to", "ganzhou", "--yes").saw("T-000001").end() == 0


def test_interruption_is_said_on_a_line_of_its_own(clerk: Clerk, spawn: Spawn) -> None:
    clerk.file("a.txt")
    terminal = spawn("disclose", "a.txt", "--to", "ganzhou").saw("discloser (legal")
    assert terminal.interrupt() == 130
    assert "\nerror: interrupted\nhint: nothing is half done" in terminal.screen
    assert "Traceback" not in terminal.screen
    assert clerk("log").out == ""


def test_wrong_passphrase_may_be_typed_again_twice_and_is_not_seen(clerk: Clerk, spawn: Spawn) -> None:
    words = (clerk.folder / "passphrase").read_text()
    terminal = spawn("party", "list", typed=True).saw("Passphrase of").type("wrong-one")
    terminal.saw("wrong passphrase; once more").saw("Passphrase of").type(words)
    assert terminal.saw("Ganzhou Magnet").end() == 0
    assert "wrong-one" not in terminal.screen
    assert words not in terminal.screen
    terminal = spawn("party", "list", typed=True)
    for attempt in range(3):
        terminal.saw("Passphrase of").type(f"wrong-{attempt}")
    assert terminal.saw("wrong passphrase\n").end() == 3


def test_wrong_passphrase_from_a_file_is_asked_for_once(clerk: Clerk, spawn: Spawn) -> None:
    clerk.file("passphrase", b"wrong")
    terminal = spawn("party", "list")
    assert terminal.end() == 3
    assert terminal.screen.count("wrong passphrase") == 1


def test_new_passphrase_is_typed_twice_the_same(clerk: Clerk, spawn: Spawn) -> None:
    (clerk.folder / "identity").unlink()
    terminal = (
        spawn("keys", "identity", "new", typed=True).saw("New passphrase").type("one").saw("Repeat it").type("two")
    )
    terminal.saw("They differ").saw("New passphrase").type("three").saw("Repeat it").type("three")
    assert terminal.end() == 0
    assert "dvault_public_v1_" in terminal.screen


def test_key_export_is_confirmed(clerk: Clerk, spawn: Spawn) -> None:
    terminal = spawn("keys", "export-age-identity", "-o", "key.txt").saw("in clear? [y/N]").type("n")
    assert terminal.end() == 130
    assert not (clerk.folder / "key.txt").exists()


def test_tables_fit_the_terminal(clerk: Clerk, spawn: Spawn) -> None:
    clerk.file("a.txt")
    clerk(
        "disclose a.txt --to ganzhou --onward mofcom --request R-1 --purpose 'a purpose of some length, said at length'"
    )
    terminal = spawn("log")
    assert terminal.end() == 0
    assert terminal.screen.splitlines()[0].split() == ["number", "date", "to", "items", "size", "purpose"]
    verdicts = spawn("verify")
    assert verdicts.end() == 0
    assert all(len(line) <= 80 for line in (terminal.screen + verdicts.screen).splitlines())


def test_long_key_is_shortened_on_a_terminal_only(clerk: Clerk, spawn: Spawn) -> None:
    terminal = spawn("init", "second", "--origin", "other.example/log")
    assert terminal.end() == 0
    assert "characters, all with --json)" in terminal.screen
    assert max(map(len, clerk("init third --origin third.example/log").lines)) > 1_000
