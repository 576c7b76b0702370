"""`dvault keys recovery`: cards made, tried, and brought back; words are on a terminal or nowhere."""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keys import identity_file
from keys.identity import Identity
from keys.protectors.passphrase import Passphrase
from tests import vectors
from tests.cli.clerk import ALONE, Clerk
from tests.cli.terminal import Terminal
from tests.reports.test_paper import text_of

CASE = vectors.read("recovery")[0]
CHECK, SHARES = CASE["check"], CASE["shares"]
OTHER = next(case for case in vectors.read("recovery") if case["name"] == "all of another vault")["shares"]
WIPED = "\x1b[2J\x1b[3J\x1b[H"  # of the screen, and of what was scrolled off it
PRINTED = re.compile(" ".join(f"{place} ([a-z]+)" for place in range(1, 34)))
Spawn = Callable[..., Terminal]


@pytest.fixture
def spawn(clerk: Clerk) -> Iterator[Spawn]:
    """Starts `dvault` on a terminal, with variables changed."""
    begun: list[Terminal] = []

    def start(*arguments: str, **changed: str) -> Terminal:
        environment = {**clerk.desk.environment, **changed}
        begun.append(Terminal(clerk.folder, {k: v for k, v in environment.items() if v}, *arguments))
        return begun[-1]

    yield start
    for terminal in begun:
        terminal.close()


@pytest.fixture
def shares(clerk: Clerk) -> Path:
    """A file of three shares, with the line ends and empty lines that people leave."""
    return clerk.file("shares", ("\n" + "\r\n\n".join(SHARES) + "\n").encode())


def members(clerk: Clerk) -> list[dict[str, object]]:
    return [json.loads(line) for line in clerk("keys member list --json").lines]


def words_in(text: str) -> set[str]:
    """The words of the vectors' shares that stand in a text, but for those that messages have anyhow."""
    return {word for share in SHARES for word in share.split() if len(word) > 6} & set(re.findall(r"[a-z]+", text))


class TestCreate:
    def test_pdf_is_for_its_owner_alone_and_the_member_a_custodian(self, clerk: Clerk) -> None:
        said = clerk("keys recovery create --threshold 3 --shares 5 -o cards.pdf --json")
        made = said.json
        assert (made["member"], made["threshold"], made["shares"]) == ("m2", 3, 5)
        assert "holds the whole secret" in said.err
        assert stat.S_IMODE((clerk.folder / "cards.pdf").stat().st_mode) == 0o600
        printed = text_of((clerk.folder / "cards.pdf").read_bytes())
        assert printed.count(made["check"]) == 5
        assert clerk("verify --json --require integrity").json["fingerprint"] in printed
        assert members(clerk)[1]["roles"] == ["custodian"]
        assert members(clerk)[1]["holds"] == members(clerk)[0]["holds"]

    def test_cards_are_shown_one_at_a_time_and_are_enough(self, clerk: Clerk, spawn: Spawn, tmp_path: Path) -> None:
        terminal = spawn("keys", "recovery", "create", "--threshold", "2", "--shares", "2")
        terminal.saw("[y/N]").type("y").saw("Share 1 of 2; any 2 are needed").saw("press Enter")
        assert "Share 2 of 2" not in terminal.screen
        assert len(members(clerk)) == 1
        terminal.type("").saw("Share 2 of 2").saw("press Enter").type("").saw("m2  check value ")
        assert terminal.end() == 0
        words = map(" ".join, PRINTED.findall(" ".join(terminal.screen.split())))
        clerk.file("shares", "\n".join(words).encode())
        assert "Share 2 of 2" not in terminal.raw.rsplit(WIPED, 1)[1]
        check = terminal.screen.rsplit("check value ", 1)[1][:19]
        clerk.run("keys", "recovery", "test", "--shares-file", "shares", "--check", check)

    def test_interruption_admits_nobody(self, clerk: Clerk, spawn: Spawn) -> None:
        terminal = spawn("keys", "recovery", "create", "--threshold", "2", "--shares", "3", "--yes")
        assert terminal.saw("Share 1 of 3").saw("press Enter").interrupt() == 130
        assert "Share 1 of 3" not in terminal.raw.rsplit(WIPED, 1)[1]
        assert len(members(clerk)) == 1

    @pytest.mark.parametrize(
        ("line", "code", "words"),
        [
            ("--threshold 3 --shares 2 -o a.pdf", 2, "3 of 2 cards can never be there"),
            ("--threshold 1 --shares 2 -o a.pdf", 2, "--threshold"),
            ("--threshold 2 --shares 17 -o a.pdf", 2, "--shares"),
            ("--threshold 2 --shares 3", 3, "no terminal to show the cards on"),
            ("--threshold 2 --shares 3 -o passphrase", 3, "passphrase exists"),
            ("--threshold 2 --shares 3 -o nowhere/a.pdf", 6, "nowhere"),
        ],
    )
    def test_what_makes_no_cards_admits_nobody(self, clerk: Clerk, line: str, code: int, words: str) -> None:
        assert words in clerk(f"keys recovery create {line}", code=code).err
        assert len(members(clerk)) == 1
        assert not (clerk.folder / "a.pdf").exists()

    def test_only_a_custodian_makes_one(self, clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
        words = (clerk.folder / "passphrase").read_text()
        made = identity_file.create(clerk.folder / "theirs", Identity.generate(), [Passphrase(lambda: words)])
        clerk.run("keys", "member", "add", str(made.identity.public), "--role", "reader")
        monkeypatch.setenv("DVAULT_IDENTITY", "theirs")
        said = clerk("keys recovery create --threshold 2 --shares 3 -o a.pdf", code=3)
        assert "only a custodian makes a recovery" in said.err
        assert not (clerk.folder / "a.pdf").exists()


class TestTest:
    def test_good_cards_are_called_good_and_nothing_is_written(self, clerk: Clerk, shares: Path) -> None:
        before = sorted(path.name for path in clerk.folder.rglob("*"))
        said = clerk.run("keys", "recovery", "test", "--shares-file", "shares", "--check", CHECK)
        assert said.lines == [f"these are the cards of check value {CHECK}"]
        said = clerk.run("keys", "recovery", "test", "--shares-file", "shares", "--check", CHECK, "--json")
        assert said.json == {"check": CHECK, "fingerprint": CASE["fingerprint"], "member": None}
        assert sorted(path.name for path in clerk.folder.rglob("*")) == before

    def test_keyring_tells_whether_the_vault_still_takes_them(self, clerk: Clerk) -> None:
        made = clerk("keys recovery create --threshold 2 --shares 3 -o cards.pdf --json").json
        words = PRINTED.findall(text_of((clerk.folder / "cards.pdf").read_bytes()))
        clerk.file("shares", "\n".join(map(" ".join, words[1:])).encode())
        tried = ("keys", "recovery", "test", "--shares-file", "shares", "--check", made["check"], "--keyring")
        said = clerk.run(*tried, "vault/keyring")
        assert said.lines[1] == "they open the newest keys of magnets.example/disclosures, as m2"
        clerk("keys rotate all")
        assert clerk.run(*tried, "vault/keyring", "--json").json["member"] == "m2"
        clerk("keys member remove m2")
        refused = clerk.run(*tried, "vault/keyring", code=3)
        assert "this identity opens no keys of magnets.example/disclosures" in refused.err
        assert refused.out == ""
        clerk.run(*tried, "nowhere", code=1)

    def test_needs_no_identity(self, clerk: Clerk, shares: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DVAULT_IDENTITY", "DVAULT_VAULT"):
            monkeypatch.setenv(name, str(clerk.folder / "none"))
        clerk.run("keys", "recovery", "test", "--shares-file", "shares", "--check", CHECK)

    @pytest.mark.parametrize(
        ("given", "check", "words"),
        [
            (SHARES[:2], CHECK, "2 shares where exactly 3 are needed"),
            ([*SHARES[:2], SHARES[0]], CHECK, "share 1 is there already"),
            ([*SHARES[:2], OTHER[2]], CHECK, "is of another set"),
            (OTHER, CHECK, f"not {CHECK}"),
            (SHARES, "0000 0000 0000 0000", f"make the check value {CHECK}, not 0000"),
            (SHARES, "0000", "a check value is 16 hex digits"),
            ([SHARES[0], SHARES[1].replace("a", "q", 1)], CHECK, "shares, line 2: not in the list of words: word"),
            ([SHARES[0], "two words"], CHECK, "shares, line 2: 2 words where a share has 33"),
            (["é"], CHECK, "shares is no file of shares"),
            ([], CHECK, "0 shares"),
        ],
    )
    def test_other_cards_end_with_three_and_show_no_word(
        self, clerk: Clerk, given: list[str], check: str, words: str
    ) -> None:
        clerk.file("shares", "\n".join(given).encode())
        said = clerk.run("-vv", "keys", "recovery", "test", "--shares-file", "shares", "--check", check, code=3)
        assert words in said.err
        assert words_in(said.err + said.out) == set()

    def test_without_a_terminal_nothing_is_asked(self, clerk: Clerk, shares: Path) -> None:
        assert "--shares-file FILE" in clerk(f"keys recovery test --check '{CHECK}'", code=3).err
        assert "--check VALUE" in clerk("keys recovery test --shares-file shares", code=3).err

    def test_what_is_mistyped_is_asked_for_again_and_wiped(self, spawn: Spawn) -> None:
        terminal = (
            spawn("keys", "recovery", "test").saw("Check value").type("12").saw("16 hex digits").saw("Check value")
        )
        terminal.type(CHECK.replace(" ", "")).saw("Words of card 1").type(SHARES[2])
        terminal.saw("share 3: the words are right").saw("Words of card 2 of 3").type(SHARES[2])
        terminal.saw("share 3 is there already").saw("Words of card 2 of 3").type(SHARES[0][:-3])
        terminal.saw("word 33").saw("Words of card 2 of 3").type(SHARES[0].upper())
        terminal.saw("Words of card 3 of 3").type(SHARES[1]).saw(f"these are the cards of check value {CHECK}")
        assert terminal.end() == 0
        assert words_in(terminal.raw.rsplit(WIPED, 1)[0])
        assert words_in(terminal.raw.rsplit(WIPED, 1)[1]) == set()


class TestRestore:
    def test_makes_the_identity_of_the_cards_under_a_new_passphrase(
        self, clerk: Clerk, shares: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DVAULT_IDENTITY", "new/identity")
        said = clerk.run("keys", "recovery", "restore", "--shares-file", "shares", "--check", CHECK)
        assert said.lines == [f"fingerprint {CASE['fingerprint']}"]
        assert stat.S_IMODE((clerk.folder / "new/identity").stat().st_mode) == 0o600
        assert clerk("keys identity show --json").json["fingerprint"] == CASE["fingerprint"]
        assert words_in(said.err + said.out) == set()

    def test_passphrase_is_typed_unseen(self, clerk: Clerk, spawn: Spawn, shares: Path) -> None:
        where = {"DVAULT_IDENTITY": str(clerk.folder / "new"), "DVAULT_PASSPHRASE_FILE": ""}
        terminal = spawn("keys", "recovery", "restore", "--shares-file", "shares", "--check", CHECK, **where)
        terminal.saw("New passphrase").type("neodymium").saw("Repeat it").type("neodymium").saw(CASE["fingerprint"])
        assert terminal.end() == 0
        assert "neodymium" not in terminal.screen

    def test_never_over_an_identity(self, clerk: Clerk, shares: Path) -> None:
        before = (clerk.folder / "identity").read_bytes()
        said = clerk.run("keys", "recovery", "restore", "--shares-file", "shares", "--check", CHECK, code=3)
        assert "an identity is never overwritten" in said.err
        assert (clerk.folder / "identity").read_bytes() == before

    @pytest.mark.parametrize("given", [SHARES[:2], OTHER, [*SHARES, SHARES[0]]])
    def test_other_cards_make_no_identity(
        self, clerk: Clerk, given: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DVAULT_IDENTITY", "new")
        clerk.file("shares", "\n".join(given).encode())
        clerk.run("keys", "recovery", "restore", "--shares-file", "shares", "--check", CHECK, code=3)
        assert not os.path.lexists(clerk.folder / "new")


class TestDoctor:
    def test_a_vault_with_one_custodian_is_not_called_safe(self, clerk: Clerk) -> None:
        assert clerk("doctor").out == ALONE

    def test_readers_do_not_make_it_safe(self, clerk: Clerk) -> None:
        made = identity_file.create(clerk.folder / "theirs", Identity.generate(), [Passphrase(lambda: "of their own")])
        clerk.run("keys", "member", "add", str(made.identity.public), "--role", "reader,checkpointer")
        assert clerk("doctor").out == ALONE

    def test_recovery_does_until_it_is_taken_out(self, clerk: Clerk) -> None:
        clerk("keys recovery create --threshold 2 --shares 3 -o cards.pdf")
        assert clerk("doctor").lines == ["nothing found"]
        clerk("keys member remove m2")
        assert clerk("doctor").out == ALONE
