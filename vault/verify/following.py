"""What is remembered of a ledger between two looks at it, so that the second reads what is new and the key entries.

docs/format/ledger-tiles.md, Following a ledger.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import lt
from pathlib import Path

from vault.errors import Unavailable
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import decimal, hex_bytes, refuse, utc_text, utc_time
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/followed/v1"
MAX_STATE = MAX_CHECKPOINT + (1 << 20)  # bytes; room for 50,000 key entries
MAX_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class State:
    """What was found whole: the checkpoint note, the fingerprint (32 bytes), the numbers of the key entries in it.

    `transmittals` are counted, `time` is the clock of the last entry. `key_entries` is empty for a checkpoint alone.
    """

    note: bytes
    fingerprint: bytes = b""
    key_entries: tuple[int, ...] = ()
    transmittals: int = 0
    time: datetime | None = None

    @property
    def unverified(self) -> Checkpoint:
        """What the checkpoint says, its signatures not looked at."""
        return parse_text(parse_note(self.note, "checkpoint", limit=MAX_CHECKPOINT).text)

    @property
    def is_whole(self) -> bool:
        """Whether the ledger can be followed from here; else it has to be read from its beginning."""
        return bool(self.key_entries)

    def __bytes__(self) -> bytes:
        """The one spelling of a whole state."""
        if self.time is None:
            raise ValueError("a checkpoint alone is no state")
        keys = [f"key {seq}" for seq in self.key_entries]
        numbers = [f"transmittals {self.transmittals}", f"time {utc_text(self.time)}"]
        return (
            "\n".join([FORMAT, f"fingerprint {self.fingerprint.hex()}", *keys, *numbers, "", ""]).encode() + self.note
        )


def parse(data: bytes, where: str = "state") -> State:
    """Read a state, or a checkpoint alone. Raises `Malformed`."""
    if not data.startswith(f"{FORMAT}\n".encode()):
        state = State(data)
        parse_text(parse_note(data, where, limit=MAX_CHECKPOINT).text, where)
        return state
    head, _, note = strict_text(data, where, limit=MAX_STATE).partition("\n\n")
    lines = [line.partition(" ")[::2] for line in head.split("\n")[1:]]
    names = [name for name, _ in lines]
    if names != ["fingerprint", *["key"] * (len(lines) - 3), "transmittals", "time"] or not 4 <= len(lines) <= MAX_KEYS:
        refuse(where, "the lines fingerprint, key (one or more), transmittals, time", " ".join(names[:8]))
    keys = tuple(decimal(value, where) for _, value in lines[1:-2])
    state = State(
        note.encode(),
        hex_bytes(lines[0][1], where, size=32),
        keys,
        decimal(lines[-2][1], where),
        utc_time(lines[-1][1], where),
    )
    if keys[0] != 0 or not all(map(lt, keys, keys[1:])) or keys[-1] >= state.unverified.size:
        refuse(where, "key entries from 0 on, ascending, below the size of the checkpoint", keys[:8])
    return state


def read(path: Path) -> State | None:
    """The state that is kept in a file; None where there is none yet."""
    try:
        with path.open("rb") as file:
            return parse(file.read(MAX_STATE + 1), str(path))
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc


def keep(path: Path, state: State) -> None:
    """Replace the state in a file, durably."""
    from keys import durable  # small and of the standard library alone, but for POSIX systems

    try:
        durable.replace(path, bytes(state))
    except OSError as exc:
        raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it, then repeat") from exc
