"""A vault's folder: which files it has, its vault.toml, its lock, and what kind of disk it must not lie on."""

import fcntl
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from keys import durable
from vault.errors import Damaged, NotFound, Refused, Unavailable

FORMAT = 1
MAX_CONFIG = 1 << 16

_TEMPLATE = """\
# A Disclosure Vault. docs/format/ledger.md tells what lies beside this file.
format = {format}
origin = "{origin}"
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
"""

# SQLite's write-ahead log needs shared memory between its users, which two hosts do not have.
_NETWORK_DISKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p")


@dataclass(frozen=True, slots=True)
class Config:
    """What vault.toml says."""

    origin: str
    check: str
    classic: bool = False
    defaults: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Folder:
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
    def database(self) -> Path:
        """Ledger, wrapped keys and catalog, in SQLCipher."""
        return self.path / "ledger.db"

    @property
    def segments(self) -> Path:
        """The sealed payloads."""
        return self.path / "segments"

    @property
    def lock(self) -> Path:
        """An empty file that processes lock."""
        return self.path / "lock"


def create(path: Path) -> Folder:
    """An empty folder for a new vault, mode 0700; refuses one that holds anything."""
    try:
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
        if any(path.iterdir()):
            raise Refused(f"{path} is not empty", "choose a new folder for the vault")
        path.chmod(0o700)
        folder = Folder(path)
        folder.segments.mkdir(mode=0o700)
        os.close(os.open(folder.lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as exc:
        raise Unavailable(f"{path} cannot be made: {exc.strerror}") from exc
    refuse_network_disk(path)
    return folder


def write_config(folder: Folder, config: Config) -> None:
    """Write vault.toml: the last step of making a vault, so that a half-made one is not taken for one."""
    text = _TEMPLATE.format(
        format=FORMAT, origin=config.origin, check=config.check, classic=str(config.classic).lower()
    )
    durable.write_new(folder.config, text.encode())


def read_config(folder: Folder) -> Config:
    """Read vault.toml; refuses formats this program does not know."""
    try:
        data = folder.config.read_bytes()
    except FileNotFoundError as exc:
        raise NotFound(f"no vault at {folder.path}", "dvault init DIR makes one; --vault names another") from exc
    except OSError as exc:
        raise Unavailable(f"{folder.config} cannot be read: {exc.strerror}") from exc
    try:
        values = tomllib.loads(data[:MAX_CONFIG].decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Damaged(f"{folder.config} is not valid TOML: {exc}", "mend it by hand; it holds no secret") from exc
    if values.get("format") != FORMAT:
        raise Refused(
            f"{folder.config} says format {values.get('format')!r}, this program knows {FORMAT}",
            "a newer vault needs a newer dvault; format 0 was a trial and cannot be opened",
        )
    origin, check, defaults = values.get("origin"), values.get("check"), values.get("defaults", {})
    if not isinstance(origin, str) or not isinstance(check, str) or not isinstance(defaults, dict):
        raise Damaged(f"{folder.config}: origin, check or defaults are missing", "mend it by hand")
    return Config(origin, check, values.get("classic") is True, defaults)


@contextmanager
def locked(folder: Folder, *, exclusive: bool) -> Iterator[None]:
    """Hold the vault's lock: shared while storing documents, exclusive to clean up after others.

    The kernel drops it when the process ends, however it ends.
    """
    try:
        handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise Unavailable(f"{folder.lock} cannot be opened: {exc.strerror}") from exc
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def refuse_network_disk(path: Path) -> None:
    """Refuse a vault on SMB or NFS, where SQLite's write-ahead log corrupts with two hosts."""
    kind = _disk_kind(path)
    if kind:
        raise Refused(f"{path} lies on {kind}", "put the vault on a disk of this machine; share it by a server ledger")


def _disk_kind(path: Path) -> str:
    try:
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return ""  # no Linux; macOS keeps its own counsel, docs/operations.md warns
    best, kind = "", ""
    real = str(path.resolve())
    for line in mounts:
        left, _, right = line.partition(" - ")
        point = left.split(" ")[4]
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return kind if kind in _NETWORK_DISKS else ""
