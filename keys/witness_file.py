"""The file the keys of a witness live in: sealed as a member's identity is. docs/format/witness.md.

```
disclosure-vault/witness-key/v1
vkey witness.example/counsel+b438d7a5+BFRk...
protector passphrase argon2id-2026 s1vf... WudbM...
body TnI1...
sha256 a91f...
```
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keys import durable, secretbox
from keys.locks import MAX_LOCKS, Lock, open_first, valued, with_checksum
from keys.protectors.interface import FILE_KEY_SIZE, Protector
from keys.signing import SEED_SIZE, Cosigner
from vault.evidence.note import Key
from vault.evidence.strict import base64_bytes, base64_text, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/witness-key/v1"
MAX_FILE = 1 << 16

_SEEDS = ("ed25519", "ml-dsa-44")


@dataclass(frozen=True, slots=True)
class LockedWitness:
    """A file as it was read: what it says its public keys are, which opening it checks."""

    path: Path
    unverified_keys: tuple[Key, ...]
    locks: tuple[Lock, ...]
    body: bytes = field(repr=False)

    def unlock(self, protectors: Sequence[Protector]) -> Cosigner:
        """The cosigner. Raises WrongPassphrase or another CannotUnlock; Malformed where the file is damaged."""
        where = str(self.path)
        body = secretbox.unseal(self.body, open_first(self.locks, protectors, where))
        if body is None:
            refuse(where, "a body that opens with the key its protectors hold")
        cosigner = _cosigner(self.unverified_keys[0].name, strict_text(body, where, limit=MAX_FILE), where)
        if cosigner.keys != self.unverified_keys:
            refuse(where, "the vkeys of the secret keys inside")
        return cosigner


def create(
    path: Path,
    name: str,
    protectors: Sequence[Protector],
    random: Callable[[int], bytes] = os.urandom,
    *,
    ml_dsa: bool = False,
) -> Cosigner:
    """Write a new file (mode 0600), durably; never over another: FileExistsError, before any protector is asked."""
    if os.path.lexists(path):
        raise FileExistsError(f"{path} exists; a witness's key is never overwritten")
    seeds = [random(SEED_SIZE) for _ in range(1 + ml_dsa)]
    cosigner = Cosigner.from_seeds(name, *seeds)
    file_key = random(FILE_KEY_SIZE)
    locks = [Lock(protector.name, protector.lock(file_key)) for protector in protectors]
    secret = "".join(f"{word} {base64_text(seed)}\n" for word, seed in zip(_SEEDS, seeds, strict=False))
    body = secretbox.seal(secret.encode(), file_key, random)
    lines = [FORMAT, *(f"vkey {key}" for key in cosigner.keys), *map(str, locks), f"body {base64_text(body)}"]
    durable.make_folders(path.parent)
    durable.write_new(path, with_checksum("\n".join(lines)))
    return cosigner


def load(path: Path) -> LockedWitness:
    """Read a file. Raises OSError (FileNotFoundError where there is none), Malformed naming the file."""
    with durable.named(path):
        return parse(durable.read(path, MAX_FILE + 1), path)


def parse(data: bytes, path: Path) -> LockedWitness:
    """Read the bytes of a file; `path` names it in errors."""
    where = str(path)
    lines = strict_text(data, where, limit=MAX_FILE).split("\n")
    if lines[0] != FORMAT:
        refuse(where, FORMAT, lines[0])
    if data != with_checksum("\n".join(lines[:-2])):
        refuse(where, "its own SHA-256 in the last line; the file is damaged or cut")
    keys = [Key.parse(valued("vkey", line, where), where) for line in lines[1:-3] if line.startswith("vkey ")]
    locks = [Lock.parse(line, where) for line in lines[1 + len(keys) : -3]]
    if not 1 <= len(keys) <= len(_SEEDS) or not 1 <= len(locks) <= MAX_LOCKS:
        refuse(where, f"one or two vkeys, 1 to {MAX_LOCKS} protectors and a body", f"{len(lines) - 1} lines")
    body = base64_bytes(valued("body", lines[-3], where), where)
    return LockedWitness(path, tuple(keys), tuple(locks), body)


def _cosigner(name: str, text: str, where: str) -> Cosigner:
    """The keys in the body; an error shows none of its lines."""
    lines = text.split("\n")[:-1]
    if not 1 <= len(lines) <= len(_SEEDS):
        refuse(where, "one or two seeds in its body")
    seeds = []
    for word, line in zip(_SEEDS, lines, strict=False):
        found, _, value = line.partition(" ")
        seed = _seed(value) if found == word else None
        if seed is None or text.count("\n") != len(lines):
            refuse(where, "its seeds in their one spelling")
        seeds.append(seed)
    return Cosigner.from_seeds(name, *seeds)


def _seed(value: str) -> bytes | None:
    try:
        return base64_bytes(value, "seed", size=SEED_SIZE)
    except ValueError:
        return None  # its cause may show the secret
