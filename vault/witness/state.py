"""What a witness must never forget: of each log its keys, and the newest checkpoint cosigned. One file per log.

Also where an auditing witness reads the ledger itself, if it was told.

```
disclosure-vault/witness-log/v1
log magnets.example/disclosures+b47823a2+ARI0...
ledger https://magnets.example/ledger

<the newest checkpoint cosigned: a whole note with the log's lines and ours; or nothing>
```
docs/format/witness.md. A log's file is made when the log is added; a missing one is an unknown log, never one
of which nothing was cosigned. [A lost file makes a witness cosign the second history of a log.]
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from keys import durable
from vault.errors import Damaged, Misuse, NotFound, Refused, Unavailable
from vault.evidence import note as notes
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text, verify_cosignature
from vault.evidence.note import ED25519, ML_DSA_44_COSIGNATURE, Key, Note
from vault.evidence.strict import Malformed, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/witness-log/v1"
MAX_KEYS = 16  # of one log: two per generation
MAX_LEDGER = 4096  # bytes of an address or the path of a folder
MAX_FILE = MAX_CHECKPOINT + (1 << 16)

_LOG, _LEDGER = "log ", "ledger "


class Busy(Unavailable):
    """A log is held by somebody, perhaps for minutes."""


@dataclass(frozen=True, slots=True)
class Known:
    """A log that this witness watches: its keys, all of one name, and the newest checkpoint it cosigned, if any.

    `ledger` is where it can be read in tile form, an address or an absolute path; empty if nobody said.
    """

    keys: tuple[Key, ...]
    note: Note | None = None
    ledger: str = ""

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.keys[0].name

    @property
    def newest(self) -> Checkpoint | None:
        """The checkpoint in the note."""
        return parse_text(self.note.text) if self.note else None

    def __bytes__(self) -> bytes:
        """The file's bytes."""
        lines = [f"{_LOG}{key}" for key in self.keys] + [f"{_LEDGER}{self.ledger}" for _ in range(bool(self.ledger))]
        head = "".join(f"{line}\n" for line in [FORMAT, *lines, ""])
        return head.encode() + (bytes(self.note) if self.note else b"")


def parse(data: bytes, where: str) -> Known:
    """Read a log's file; nothing in it is verified but its form. Raises `Malformed`."""
    head, _, rest = strict_text(data, where, limit=MAX_FILE).partition("\n\n")
    first, *lines = head.split("\n")
    ledger = lines.pop().removeprefix(_LEDGER) if lines and lines[-1].startswith(_LEDGER) else ""
    if first != FORMAT or not 1 <= len(lines) <= MAX_KEYS or not all(line.startswith(_LOG) for line in lines):
        refuse(where, f"{FORMAT}, 1 to {MAX_KEYS} lines log <vkey>, at most one line ledger", first)
    keys = tuple(Key.parse(line.removeprefix(_LOG), where) for line in lines)
    known = Known(keys, notes.parse(rest.encode(), where, limit=MAX_CHECKPOINT) if rest else None, ledger)
    named = {key.name for key in keys} | ({parse_text(known.note.text, where).origin} if known.note else set())
    if len(named) != 1 or bytes(known) != data:
        refuse(where, "keys and checkpoint of one log, in one spelling", sorted(named))
    return known


@dataclass(slots=True)
class Held:
    """A log's state while nobody else, in no thread and no process, can change it."""

    known: Known
    _path: Path

    def store(self, note: Note) -> None:
        """Make `note` the newest cosigned; on the disk when it returns."""
        self.known = replace(self.known, note=note)
        durable.replace(self._path, bytes(self.known))


@dataclass(frozen=True, slots=True)
class States:
    """The states of one witness, in a folder; `own` are its keys, whose cosignature every stored checkpoint bears."""

    folder: Path
    own: tuple[Key, ...]

    def known(self, digest: str) -> Known:
        """What is stored of the log whose origin has this SHA-256, in hex; `NotFound` for an unknown one."""
        return self._read(self.folder / digest)

    def logs(self) -> list[Known]:
        """All logs, by the hashes of their origins."""
        return [self._read(path) for path in sorted(self.folder.iterdir()) if len(path.name) == 64]

    def add(self, keys: Sequence[Key], ledger: str = "") -> Known:
        """Watch the log of these keys, or take further keys of a log that is watched. Idempotent.

        `ledger` is where it is read in tile form; empty leaves what was said before.
        """
        if not ledger.isprintable() or len(ledger.encode()) > MAX_LEDGER:
            raise Misuse(f"{ledger[:80]!a} is no place to read a ledger at", "an https:// address or a folder")
        for key in keys:
            if key.kind not in (ED25519, ML_DSA_44_COSIGNATURE) or key.name != keys[0].name:
                raise Refused(f"{key.name} ({key.id.hex()}) is no key of one log", "give the vkeys that its owner gave")
            if key.public in {mine.public for mine in self.own}:
                raise Refused(f"{key.name} is this witness itself", "give the vkeys of the log")
        path = self.folder / digest_of(keys[0].name)
        durable.make_folders(self.folder)
        with self._locked(path):
            try:
                known = self._read(path)
            except NotFound:
                known = Known(tuple(keys))
            known = replace(known, keys=tuple(dict.fromkeys([*known.keys, *keys])), ledger=ledger or known.ledger)
            if len(known.keys) > MAX_KEYS:
                raise Refused(f"{known.origin} has {MAX_KEYS} keys already", "take out old ones by hand")
            durable.replace(path, bytes(known))
        return known

    @contextmanager
    def holding(self, origin: str, *, wait: bool = True) -> Iterator[Held]:
        """The state of a log, held; `NotFound` for an unknown one, `Damaged` where it is not what was stored.

        Without `wait` it raises `Busy` where somebody holds it.
        """
        path = self.folder / digest_of(origin)
        self._read(path)  # an unknown origin makes no lock file [a stranger fills the disk with them]
        with self._locked(path, wait=wait):
            yield Held(self._read(path), path)

    def _read(self, path: Path) -> Known:
        try:
            known = parse(durable.read(path, MAX_FILE + 1), str(path))
            if digest_of(known.origin) != path.name:
                refuse(str(path), f"the log whose origin hashes to {path.name}", known.origin)
            if known.note:
                verify_cosignature(known.note, self.own[0], str(path))
        except FileNotFoundError as exc:
            raise NotFound("this witness does not know that log", "dvault witness add-log adds it") from exc
        except Malformed as exc:
            hint = "nothing is cosigned for this log; a witness whose state is lost is given up, with its key"
            raise Damaged(f"the state of a log is not what was stored: {exc}", hint) from exc
        except OSError as exc:
            raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
        return known

    @contextmanager
    def _locked(self, path: Path, *, wait: bool = True) -> Iterator[None]:
        """Each holder opens the lock file anew: flock then keeps out threads of one process, too."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        kind = fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB
        with ExitStack() as held:
            try:
                held.enter_context(durable.locked(os.open(path.with_suffix(".lock"), flags, durable.FILE_MODE), kind))
            except BlockingIOError as exc:
                raise Busy("somebody is being answered about this log", "repeat it later") from exc
            yield


def digest_of(origin: str) -> str:
    """The name of a log in paths: SHA-256 of its origin, in hex."""
    return sha256(origin.encode()).hexdigest()
