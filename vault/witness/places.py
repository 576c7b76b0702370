"""Witnesses, as those who ask them know them: the `[[witness]]` tables of vault.toml, read strictly.

```
[[witness]]
name = "counsel"
url = "https://witness.example/"
vkey = "witness.example/counsel+b438d7a5+BFRk..."
```
`vkey` may be a list, where a witness has an ML-DSA-44 key too; `audits = true` says that it recomputes the
ledger before it cosigns.
"""

import re

from vault.errors import Misuse
from vault.evidence.defined import frozen
from vault.evidence.note import COSIGNERS, Key, check_name
from vault.evidence.strict import Malformed

MAX_WITNESSES = 16
MAX_KEYS = 2  # of one witness: a note has room for 64 lines

# No user name, query or fragment, and no backslash, which readers of URLs take for different things.
_URL = re.compile(r"https?://[A-Za-z0-9._~:/\[\]%!$&'()*+,;=-]{1,2000}", re.ASCII)
_FIELDS, _MORE = {"name", "url", "vkey"}, {"audits"}
_HINT = "mend [[witness]] in vault.toml: name, url, and the vkey that the witness printed"


@frozen()
class Place:
    """A witness: what we call it, its submission prefix, its keys. `Malformed` or `Misuse` for what is none.

    `audits` says that it recomputes the ledger before it cosigns: it takes its time, and cosigns what an index ends.
    """

    name: str
    url: str
    keys: tuple[Key, ...]
    audits: bool = False

    def __post_init__(self) -> None:
        check_name(self.name, "name of a witness")
        check_url(self.url, f"witness {self.name}")
        if not 1 <= len(self.keys) <= MAX_KEYS or any(key.kind not in COSIGNERS for key in self.keys):
            raise Misuse(f"witness {self.name}: its vkey is none of a cosigner", "take the one that it prints")


def check_url(url: str, where: str) -> None:
    """Refuse what is no https prefix, nor http to this machine. [Whoever is on the way answers in its place.]"""
    from urllib.parse import urlsplit  # with `ipaddress` 8 ms, which a vault without witnesses does not need

    try:
        read = urlsplit(url) if _URL.fullmatch(url) else None
        plain = read is not None and read.scheme == "http" and _is_here(read.hostname or "")
        secure = read is not None and read.scheme == "https"
        named = read is not None and read.hostname and read.port != 0
    except ValueError:
        named = plain = secure = False
    if not named or not (plain or secure):
        raise Misuse(f"{where}: {url!a} is no https URL", "https://…, or http:// to this machine; no user, no query")


def _is_here(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse(tables: object) -> tuple[Place, ...]:
    """The witnesses, in their order, each name and key once. `Misuse` names the table and what is wrong with it."""
    if not isinstance(tables, list) or len(tables) > MAX_WITNESSES:
        raise Misuse(f"vault.toml: witness is no list of at most {MAX_WITNESSES} tables", _HINT)
    places = tuple(_parse(table, f"vault.toml: [[witness]] {n}") for n, table in enumerate(tables, 1))
    publics = [key.public for place in places for key in place.keys]
    if len({place.name for place in places}) < len(places) or len(set(publics)) < len(publics):
        raise Misuse("vault.toml: two [[witness]] have the same name or the same key", _HINT)
    return places


def _parse(table: object, where: str) -> Place:
    if not isinstance(table, dict) or table.keys() - _MORE != _FIELDS:
        found = sorted(map(ascii, (table.keys() - _MORE) ^ _FIELDS)) if isinstance(table, dict) else ["no table"]
        raise Misuse(f"{where}: name, url and vkey are needed, nothing else ({found[0][:40]})", _HINT)
    vkeys = table["vkey"] if isinstance(table["vkey"], list) else [table["vkey"]]
    if not all(isinstance(value, str) for value in (table["name"], table["url"], *vkeys)):
        raise Misuse(f"{where}: name, url and vkey are texts", _HINT)
    if not isinstance(audits := table.get("audits", False), bool):
        raise Misuse(f"{where}: audits is true or false", _HINT)
    try:
        return Place(table["name"], table["url"], tuple(Key.parse(vkey, where) for vkey in vkeys), audits)
    except Malformed as exc:
        raise Misuse(f"{where}: {exc}", _HINT) from exc
