"""The program's own log: silent until asked, and then numbers only; a secret in a field cannot get through."""

import io
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import logs
from cli.names import COMMANDS
from tests.cli.clerk import Clerk

SECRET = "Ganzhou Magnet Co., Ltd."


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is logged from here on."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(logs, "_logger", None)
    logs.speak()
    return written


@pytest.mark.parametrize(
    "field", ["party", "name", "path", "passphrase", "seconds", "bytes", "command", "event", "exit", "level"]
)
def test_secret_in_a_field_does_not_get_through(field: str) -> None:
    kept = logs.keep_harmless(None, "info", {"event": "ended", field: SECRET})
    if field != "level":  # structlog's own, never given by us
        assert SECRET not in str(kept)


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.binary(), st.lists(st.text())), max_size=5), st.text())
def test_nothing_but_constants_and_numbers_gets_through(fields: dict[str, object], event: str) -> None:
    own = {name: value for name, value in fields.items() if name not in ("level", "timestamp")}
    kept = logs.keep_harmless(None, "info", {**own, "event": event})
    assert set(kept.values()) <= {*logs.EVENTS, *COMMANDS, "unknown event"}


def test_numbers_and_the_command_are_logged(spoken: io.StringIO) -> None:
    logs.log("ended", command="disclose", exit=0, seconds=0.5, party=SECRET)
    line = json.loads(spoken.getvalue())
    assert {"event": "ended", "command": "disclose", "exit": 0, "seconds": 0.5}.items() <= line.items()
    assert SECRET not in spoken.getvalue()


def test_duration_is_logged_with_what_was_measured(spoken: io.StringIO) -> None:
    with logs.timed("documents sealed") as measured:
        measured |= {"documents": 2, "names": [SECRET]}
    line = json.loads(spoken.getvalue())
    assert line["documents"] == 2
    assert line["seconds"] >= 0
    assert "names" not in line


def test_a_real_run_logs_events_and_nothing_of_the_vault(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk.file("Kundenliste.txt", b"Geheim")
    said = clerk("-v disclose Kundenliste.txt --to ganzhou --purpose Lizenz --json")
    events = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    monkeypatch.setattr(logs, "_logger", None)
    assert [event["event"] for event in events] == [
        "started", "identity unlocked", "vault opened", "documents sealed", "ended",
    ]  # fmt: skip
    assert (events[0]["command"], events[3]["documents"], events[3]["bytes"], events[4]["exit"]) == (
        "disclose",
        1,
        6,
        0,
    )
    for secret in ("Ganzhou", "Kundenliste", "Lizenz", "Geheim", "P-0001", str(clerk.folder)):
        assert secret not in said.err


def test_structlog_is_not_loaded_while_nothing_is_logged() -> None:
    script = "import sys, cli.logs as logs; logs.log('ended', exit=0); print('structlog' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
