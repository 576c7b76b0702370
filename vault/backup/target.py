"""Where a vault is backed up to, and what was found to hold there: the file `backup.toml` of its folder.

Written by `dvault backup init`; holds no secret: credentials are found by boto3.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from keys import durable
from vault import toml
from vault.backup.store import Lock
from vault.errors import Damaged, NotFound, Refused, Unavailable

NAME = "backup.toml"
FORMAT = 1
MODES = ("compliance", "governance")
RETAIN_DAYS, WINDOW_DAYS = 3_650, 35

FACTS = {
    "versioning": "keeps every version",
    "locks": "takes a lock with what is put",
    "keeps": "refuses to delete what is locked",
    "holds": "refuses to shorten a lock",
    "checks": "refuses bytes with another SHA-256",
    "races": "lets one of two writers win (If-None-Match)",
}
"""What is probed, in words; each is yes or no."""

_WORDS = ("url", "endpoint", "region", "profile", "kms")
_KEYS = {"format", *_WORDS, "path_style", "mode", "retain_days", "window_days", "found"}


@dataclass(frozen=True, slots=True)
class Target:
    """A bucket: how it is reached, for how long things are locked there, and what it was found to enforce."""

    url: str
    endpoint: str = ""
    region: str = ""
    profile: str = ""
    path_style: bool = False
    kms: str = ""
    mode: str = MODES[0]
    retain_days: int = RETAIN_DAYS
    window_days: int = WINDOW_DAYS
    found: dict[str, bool] = field(default_factory=dict)

    def lock(self, now: datetime, *, rolling: bool = False) -> Lock | None:
        """The lock for what is put now; None where the bucket has none. `rolling`: that of wrapped keys."""
        if not self.found.get("locks", True):
            return None
        days = self.window_days if rolling else self.retain_days
        return Lock(self.mode.upper(), (now + timedelta(days=days)).replace(microsecond=0))

    @property
    def lacking(self) -> list[str]:
        """The names of facts that were found not to hold."""
        return [name for name in FACTS if not self.found.get(name, False)]

    def with_found(self, found: dict[str, bool]) -> "Target":
        """This target, probed."""
        return replace(self, found=found)


def write(folder: Path, target: Target) -> None:
    """Write or replace the file, durably."""
    lines = [f"format = {FORMAT}", *(f"{name} = {_quoted(getattr(target, name))}" for name in _WORDS)]
    lines += [f"path_style = {str(target.path_style).lower()}", f"mode = {_quoted(target.mode)}"]
    lines += [f"retain_days = {target.retain_days}", f"window_days = {target.window_days}", "", "[found]"]
    lines += [f"{name} = {str(target.found.get(name, False)).lower()}  # {words}" for name, words in FACTS.items()]
    head = "# Where this vault is backed up to, and what that bucket was found to do (dvault backup init).\n"
    try:
        durable.replace(folder / NAME, (head + "".join(f"{line}\n" for line in lines)).encode())
    except OSError as exc:
        raise Unavailable(f"{folder / NAME} cannot be written: {exc.strerror}", "mend it, then repeat") from exc


def _quoted(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise Refused(f"{text!a} cannot stand in {NAME}", "printable ASCII only")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read(folder: Path) -> Target:
    """Read the file; `NotFound` where no backup was set up."""
    path = folder / NAME
    try:
        values = toml.parse(durable.read(path, toml.MAX_FILE + 1))
    except FileNotFoundError as exc:
        raise NotFound("this vault has no backup yet", "dvault backup init s3://bucket/prefix") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
    except toml.NotToml as exc:
        raise Damaged(f"{path} is not valid: {exc}", "dvault backup init writes it anew") from exc
    if values.get("format") != FORMAT or values.keys() - _KEYS:
        raise Refused(f"{path} says what this program does not know", "install a newer dvault")
    return _target(values, path)


def _target(values: dict[str, object], path: Path) -> Target:
    words = {name: values.get(name, "") for name in _WORDS}
    days = {name: values.get(name) for name in ("retain_days", "window_days")}
    found, mode, style = values.get("found"), values.get("mode"), values.get("path_style", False)
    fit = (
        all(isinstance(word, str) for word in words.values()) and words["url"] and mode in MODES
        and all(type(number) is int and 0 < number < 36_525 for number in days.values())
        and isinstance(found, dict) and all(isinstance(fact, bool) for fact in found.values())
    )  # fmt: skip
    if not fit or not isinstance(found, dict) or not isinstance(mode, str):
        raise Damaged(f"{path} holds values that none has", "dvault backup init writes it anew")
    url, endpoint, region, profile, kms = map(str, words.values())
    retain, window = (int(str(number)) for number in days.values())
    return Target(url, endpoint, region, profile, style is True, kms, mode, retain, window, found)
