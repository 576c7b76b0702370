"""Which TSAs a vault asks: the `[[tsa]]` tables of vault.toml, read strictly, and the files with their roots."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from keys import durable
from vault.errors import Misuse, NotFound, Unavailable
from vault.evidence.defined import frozen
from vault.evidence.strict import Malformed

MAX_TSAS = 8
_KEYS = {"name", "url", "roots", "policy"}
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_URL = re.compile(r"https?://[!-~]{1,2000}")
_POLICY = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]{0,18})){1,32}")
_HINT = "mend [[tsa]] in vault.toml: name, url, roots, and policy if the TSA has several"


@frozen()
class Tsa:
    """A TSA by the vault's own word: `roots` is a file of certificates, `policy` an OID or empty."""

    name: str
    url: str
    roots: Path
    policy: str = ""


def parse(tables: object, folder: Path) -> tuple[Tsa, ...]:
    """The `[[tsa]]` tables; `roots` is taken from `folder` on. `Misuse` names the table and what is wrong with it."""
    if not isinstance(tables, list) or len(tables) > MAX_TSAS:
        raise Misuse(f"vault.toml: tsa is no list of at most {MAX_TSAS} tables", _HINT)
    found = tuple(_parse(table, f"vault.toml: [[tsa]] {n}", folder) for n, table in enumerate(tables, 1))
    if len({tsa.name for tsa in found}) < len(found):
        raise Misuse("vault.toml: two [[tsa]] have the same name", _HINT)
    return found


def _parse(table: object, where: str, folder: Path) -> Tsa:
    values = table if isinstance(table, dict) else {}
    if unknown := sorted(map(ascii, values.keys() - _KEYS)):
        raise Misuse(f"{where} says {unknown[0][:40]}, which this program does not know", _HINT)
    name, url, roots = (_text(values, key, where) for key in ("name", "url", "roots"))
    policy = _text(values, "policy", where) if "policy" in values else ""
    if not _NAME.fullmatch(name):
        raise Misuse(f"{where}: a name has small letters, digits, dots and hyphens, up to 64", _HINT)
    _check_url(url, f"{where} ({name})")
    if policy and not _POLICY.fullmatch(policy):
        raise Misuse(f"{where} ({name}): a policy is an OID like 1.2.3", _HINT)
    return Tsa(name, url, folder / roots, policy)


def _text(values: dict[str, object], key: str, where: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value or "\0" in value:
        raise Misuse(f"{where}: {key} is missing or no text", _HINT)
    return value


def _check_url(url: str, where: str) -> None:
    """Passwords don't belong into a file in clear, and would stand in messages."""
    try:
        parts = urlsplit(url)
        fine = bool(_URL.fullmatch(url) and parts.hostname and not parts.fragment and parts.port != 0)
    except ValueError:
        raise Misuse(f"{where}: a url begins with http:// or https:// and names a host", _HINT) from None
    if parts.username is not None or parts.password is not None:
        raise Misuse(f"{where}: a url with a user name or password is not supported", _HINT)
    if not fine:
        raise Misuse(f"{where}: a url begins with http:// or https:// and names a host", _HINT)


def read_roots(tsa: Tsa) -> tuple[bytes, ...]:
    """The roots of a TSA as the vault knows them, in DER."""
    from vault.anchoring.certificates import MAX_ROOTS_FILE, parse_roots

    try:
        return parse_roots(durable.read(tsa.roots, MAX_ROOTS_FILE + 1), str(tsa.roots))
    except FileNotFoundError as exc:
        raise NotFound(f"the roots of TSA {tsa.name} are not there: {tsa.roots}", "get them from the TSA") from exc
    except OSError as exc:
        raise Unavailable(f"{tsa.roots} cannot be read: {exc.strerror}") from exc
    except Malformed as exc:
        raise Misuse(f"the roots of TSA {tsa.name} cannot be read: {exc}", "a PEM file of the TSA's roots") from exc
