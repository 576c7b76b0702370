"""`dvault verify` where the vault was not made: trusted on first use, said so, and not PROVEN until it is compared."""

import pytest

from tests.cli.clerk import Clerk

ORIGIN = "magnets.example/disclosures"
FIRST = "first opening of this vault here: trusted on first use, never compared. hint: dvault verify --fingerprint F"


@pytest.fixture
def newcomer(logged: Clerk, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """The vault was copied to a machine without pins, and the identity there never knew it."""
    identity = logged.desk.identity
    identity.save(identity.identity.without_vault(ORIGIN))
    monkeypatch.setenv("XDG_STATE_HOME", str(logged.folder / "new machine"))
    return logged


def states(clerk: Clerk, code: int, line: str = "verify --json") -> tuple[str, str]:
    found = clerk(line, code=code).json["verdicts"]
    return found["order"]["state"], found["origin"]["state"]


def fingerprint(clerk: Clerk) -> str:
    return next(line.split()[1] for line in clerk("verify", code=1).lines if line.startswith("fingerprint"))


def test_the_machine_where_it_was_made_proves_it_and_says_nothing(logged: Clerk) -> None:
    said = logged("verify")
    assert "first" not in said.err
    assert "a second history was not ruled out" in said.out


def test_looking_twice_proves_nothing(newcomer: Clerk) -> None:
    """[The first look takes the vault's own word for its fingerprint, the second takes that for knowledge.]"""
    assert newcomer("log").err.startswith(FIRST)  # whatever the command is that comes first
    for _ in range(2):
        said = newcomer("verify", code=1)
        assert FIRST not in said.err
        assert said.out.count("trusted on first use, never compared") == 2
        assert states(newcomer, 1) == ("NOT PROVEN", "NOT PROVEN")


def test_a_known_vault_is_not_proven_by_another_command_before(logged: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(logged.folder / "new machine"))
    assert logged("log").err.startswith(FIRST)
    assert states(logged, 1) == ("NOT PROVEN", "PROVEN")


def test_comparing_once_proves_it_from_then_on(newcomer: Clerk) -> None:
    known = fingerprint(newcomer)
    said = newcomer(f"verify --fingerprint {known}")
    assert "remembered as compared" in said.err
    assert states(newcomer, 0) == ("PROVEN", "PROVEN")
    newcomer("log")
    assert "compared" not in newcomer("verify").err


def test_comparing_at_the_first_opening_warns_of_nothing(newcomer: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    known = fingerprint(newcomer)
    monkeypatch.setenv("XDG_STATE_HOME", str(newcomer.folder / "newer machine"))
    assert FIRST not in newcomer(f"verify --fingerprint {known}").err


def test_a_fingerprint_is_read_as_it_is_printed_and_as_people_write_it(newcomer: Clerk) -> None:
    known = fingerprint(newcomer)
    grouped = " ".join(known[at : at + 4] for at in range(0, 64, 4))
    newcomer.run("verify", "--fingerprint", grouped.upper())


def test_another_fingerprint_is_broken(newcomer: Clerk) -> None:
    line = f"verify --json --fingerprint {'ab' * 32}"
    assert states(newcomer, 1, line) == ("BROKEN", "BROKEN")
    assert states(newcomer, 1) == ("NOT PROVEN", "NOT PROVEN")


def test_another_fingerprint_is_broken_where_it_was_made_too_and_nothing_is_forgotten(logged: Clerk) -> None:
    assert states(logged, 1, f"verify --json --fingerprint {'ab' * 32}") == ("BROKEN", "BROKEN")
    assert states(logged, 0) == ("PROVEN", "PROVEN")


@pytest.mark.parametrize("said", ["", "ab", "ab" * 31 + "a", "ab" * 33, "xy" * 32, "ab" * 31 + "a?"])
def test_what_is_no_fingerprint_is_misuse(logged: Clerk, said: str) -> None:
    assert "64 hex digits" in logged.run("verify", "--fingerprint", said, code=2).err
