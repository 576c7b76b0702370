"""A vault's folder: which files it has, its vault.toml, its lock, and what kind of disk it must not lie on."""

import fcntl
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from keys import durable
from vault import toml
from vault.anchoring import tsas
from vault.anchoring.keeping import Anchors
from vault.anchoring.tsas import Tsa
from vault.errors import Damaged, NotFound, Refused, Unavailable
from vault.evidence.defined import frozen
from vault.witness import places
from vault.witness.places import Place

FORMAT = 1

_TEMPLATE = """\
# A Disclosure Vault. docs/format/ledger.md tells what lies beside this file.
format = {format}
origin = {origin}
check = "{check}"
classic = {classic}

[defaults]
# What `dvault disclose` takes where nothing is said:
# discloser = "Your Company GmbH"
# person = "Jane Doe"
# purpose = "export licence application"
# basis = "licence condition"
# method = "email"
# designation = "confidential"

# Who cosigns for `dvault checkpoint --witness` (docs/witness.md):
# [[witness]]
# name = "counsel"
# url = "https://witness.example/"
# vkey = "witness.example/counsel+..."

# Who stamps checkpoints for `dvault checkpoint --anchor` (docs/custodian.md); roots is a file beside this one:
# [[tsa]]
# name = "example"
# url = "http://tsa.example/"
# roots = "tsa-example.pem"
"""

# SQLite's write-ahead log needs shared memory between its users, which two hosts do not have.
_NETWORK_DISKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p")

_KEYS = {"format", "origin", "check", "classic", "defaults", "tsa", "witness"}


@frozen()
class Config:
    """What vault.toml says."""

    origin: str
    check: str
    classic: bool = False
    defaults: Mapping[str, object] = field(default_factory=dict)
    tsas: tuple[Tsa, ...] = ()
    witnesses: tuple[Place, ...] = ()


class Folder(NamedTuple):
    """The paths of one vault."""

    path: Path

    @property
    def config(self) -> Path:
        """Origin, format and defaults; no secret."""
        return self.path / "vault.toml"

    @property
    def keyring(self) -> Path:
        """The vault keys, sealed to their holders."""
        return self.path / "keyring"

    @property
    def next_keyring(self) -> Path:
        """The keyring of a change of keys that is under way (`vault.keyring_file`)."""
        return self.path / "keyring.next"

    @property
    def database(self) -> Path:
        """Ledger, wrapped keys and catalog, in SQLCipher."""
        return self.path / "ledger.db"

    @property
    def segments(self) -> Path:
        """The sealed payloads."""
        return self.path / "segments"

    @property
    def anchors(self) -> Anchors:
        """What TSAs gave for checkpoints."""
        return Anchors(self.path / "anchors")

    @property
    def lock(self) -> Path:
        """An empty file that processes lock."""
        return self.path / "lock"


def create(path: Path) -> Folder:
    """An empty folder for a new vault, mode 0700 and durable; refuses one that holds anything.

    Whoever makes the lock file owns the folder, should two be at it at once; only he may `discard` it.
    """
    refuse_network_disk(path)
    folder = Folder(path)
    try:
        durable.make_folders(path)
        _refuse_used(folder)
        durable.write_new(folder.lock, b"")
    except FileExistsError as exc:
        raise Refused(f"{path} is taken, by a file or by another `dvault init`", "choose a new folder") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be made: {exc.strerror}") from exc
    try:
        path.chmod(durable.FOLDER_MODE)  # it may have been there
        folder.segments.mkdir(mode=durable.FOLDER_MODE)
    except OSError as exc:
        discard(folder)
        raise Unavailable(f"{path} cannot be made: {exc.strerror}") from exc
    return folder


def _refuse_used(folder: Folder) -> None:
    found = {path.name for path in folder.path.iterdir()}
    ours = {folder.lock.name, folder.segments.name, folder.keyring.name, folder.database.name}
    interrupted = found & ours or any(map(durable.is_temporary, found))
    if folder.config.name not in found and interrupted:
        raise Refused(
            f"{folder.path} holds a vault without {folder.config.name}",
            "if `dvault init` was interrupted, remove the folder and repeat; else restore the file from a backup",
        )
    if found:
        raise Refused(f"{folder.path} is not empty", "choose a new folder for the vault")


def discard(folder: Folder) -> None:
    """Remove what `create` and the steps after it have made of a vault that nobody has used yet."""
    logs = [folder.database.with_name(folder.database.name + suffix) for suffix in ("-wal", "-shm", "-journal")]
    for path in (folder.config, folder.keyring, folder.database, *logs, folder.lock):
        with suppress(OSError):  # missing, or on a disk that fails, which another error says already
            path.unlink()
    for path in (folder.segments, folder.path):
        with suppress(OSError):  # never made, or not ours to empty
            path.rmdir()


def write_config(folder: Folder, config: Config) -> None:
    """Write vault.toml: the last step of making a vault, so that a half-made one is not taken for one."""
    text = _TEMPLATE.format(
        format=FORMAT, origin=_quoted(config.origin), check=config.check, classic=str(config.classic).lower()
    )
    try:
        durable.write_new(folder.config, text.encode())
    except OSError as exc:
        raise Unavailable(f"{folder.config} cannot be written: {exc.strerror}") from exc


def write_check(folder: Folder, old: str, new: str) -> None:
    """Put another check value in the place of `old` in vault.toml; what people wrote into it stays. Durable."""
    try:
        text = durable.read(folder.config, toml.MAX_FILE + 1)
        if text.count(old.encode()) == 0 and text.count(new.encode()) == 1:
            return  # another process was at the same
        if text.count(old.encode()) != 1:
            raise Unavailable(f"{folder.config} does not hold its check value once", f'write check = "{new}" by hand')
        durable.replace(folder.config, text.replace(old.encode(), new.encode()))
    except OSError as exc:
        raise Unavailable(f"{folder.config} cannot be written: {exc.strerror}") from exc


def _quoted(text: str) -> str:
    """A basic string of TOML: of printable ASCII, only these two need an escape."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_config(folder: Folder) -> Config:
    """Read vault.toml; refuses formats and keys that this program does not know."""
    where = folder.config
    try:
        return _config(toml.parse(durable.read(where, toml.MAX_FILE + 1)), where)
    except toml.NotToml as exc:
        raise Damaged(f"{where} is not valid: {exc}", "mend it by hand; it holds no secret") from exc
    except FileNotFoundError as exc:
        if folder.database.exists():
            hint = "restore it from a backup; if `dvault init` was interrupted, remove the folder and repeat"
            raise Damaged(f"{where} is missing", hint) from exc
        raise NotFound(f"no vault at {folder.path}", "dvault init DIR makes one; --vault names another") from exc
    except OSError as exc:
        raise Unavailable(f"{where} cannot be read: {exc.strerror}") from exc


def _config(values: dict[str, object], where: Path) -> Config:
    found = values.get("format")
    if type(found) is not int or found != FORMAT:  # true and 1.0 equal 1
        said = f"format {found}" if type(found) is int else "no format number"
        raise Refused(
            f"{where} says {said}, this program knows {FORMAT}",
            "a newer vault needs a newer dvault; format 0 was a trial and cannot be opened",
        )
    if unknown := sorted(values.keys() - _KEYS):  # a ledger or document store elsewhere must not be overlooked
        raise Refused(f"{where} says {unknown[0][:40]!r}, which this program does not know", "install a newer dvault")
    origin, check, defaults = values.get("origin"), values.get("check"), values.get("defaults", {})
    if not isinstance(origin, str) or not isinstance(check, str) or not isinstance(defaults, dict):
        raise Damaged(f"{where}: origin, check or defaults are missing", "mend it by hand; it holds no secret")
    stamping, witnesses = tsas.parse(values.get("tsa", []), where.parent), places.parse(values.get("witness", []))
    return Config(origin, check, values.get("classic") is True, defaults, stamping, witnesses)


@contextmanager
def locked(folder: Folder, *, exclusive: bool, wait: bool = True) -> Iterator[None]:
    """Hold the vault's lock: shared while storing documents, exclusive to clean up after others.

    `Unavailable` where it cannot be locked, or, with `wait` off, not at once.

    The kernel drops it when the process ends, however it ends. A missing lock is not made anew here: [somebody who
    still holds the removed one would be storing what the next cleaning takes for an orphan].
    """
    try:
        handle = durable.open_regular(folder.lock)
    except FileNotFoundError as exc:
        hint = "when no other dvault is running, make it: an empty file"
        raise Damaged(f"{folder.lock} is missing", hint) from exc
    except OSError as exc:
        raise Unavailable(f"{folder.lock} cannot be opened: {exc.strerror}") from exc
    with ExitStack() as held:
        try:
            kind = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB)
            held.enter_context(durable.locked(handle, kind))
        except OSError as exc:
            raise Unavailable(f"{folder.lock} cannot be locked: {exc.strerror}", "mend it, then repeat") from exc
        yield


def refuse_network_disk(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Refuse a vault on SMB or NFS, where SQLite's write-ahead log corrupts with two hosts.

    `mounts` lists what is mounted where, as Linux tells it; macOS has no such file and is not asked.
    """
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return
    kind = _disk_kind(str(path.resolve()), lines)
    if kind in _NETWORK_DISKS:
        raise Refused(f"{path} lies on {kind}", "put the vault on a disk of this machine; share it by a server ledger")


def _disk_kind(path: str, mounts: list[str]) -> str:
    """The file system type of the mount nearest above `path`; a later line hides an earlier one at the same place."""
    best, kind = "", ""
    for line in mounts:
        left, _, right = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), left.split(" ")[4])
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return kind
