"""The file the keys of a witness live in: the frame of an identity file, other secrets in it. docs/format/witness.md.

```
disclosure-vault/witness-key/v1
public witness.example/counsel+b438d7a5+BFRk...
protector passphrase argon2id-2026 s1vf... WudbM...
body TnI1...
sha256 a91f...
```
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys import durable, locks, secretbox
from keys.locks import MAX_FILE, MAX_LOCKS, Frame, Lock
from keys.protectors.interface import FILE_KEY_SIZE, Protector
from keys.signing import SEED_SIZE, Cosigner
from vault.evidence.note import Key
from vault.evidence.strict import base64_bytes, base64_text, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/witness-key/v1"

_SEEDS = ("ed25519", "ml-dsa-44")


@dataclass(frozen=True, slots=True)
class LockedWitness:
    """A file as it was read. `unverified_keys` are what whoever wrote the file last says; opening it checks that."""

    frame: Frame
    unverified_keys: tuple[Key, ...]

    def opened_with(self, file_key: bytes) -> Cosigner:
        """The cosigner, opened by what `Frame.file_key` gave. Raises Malformed where the file is damaged."""
        where = str(self.frame.path)
        body = secretbox.unseal(self.frame.body, file_key)
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
    if not 1 <= len(protectors) <= MAX_LOCKS:
        raise ValueError(f"a witness's file has 1 to {MAX_LOCKS} protectors")
    if os.path.lexists(path):
        raise FileExistsError(f"{path} exists; a witness's key is never overwritten")
    seeds = [random(SEED_SIZE) for _ in range(1 + ml_dsa)]
    cosigner = Cosigner.from_seeds(name, *seeds)
    file_key = random(FILE_KEY_SIZE)
    made = tuple(Lock(protector.name, protector.lock(file_key)) for protector in protectors)
    body = secretbox.seal(_body_text(seeds).encode(), file_key, random)
    durable.make_folders(path.parent)
    durable.write_new(path, bytes(Frame(path, " ".join(map(str, cosigner.keys)), made, body, FORMAT)))
    return cosigner


def load(path: Path) -> LockedWitness:
    """Read a file. Raises OSError (FileNotFoundError where there is none), Malformed naming the file."""
    return _of_frame(locks.load(path, FORMAT))


def parse(data: bytes, path: Path) -> LockedWitness:
    """Read the bytes of a file; `path` names it in errors."""
    return _of_frame(locks.parse(data, path, FORMAT))


def _of_frame(frame: Frame) -> LockedWitness:
    """Read the vkeys of a frame: one, or two under one name."""
    where = str(frame.path)
    vkeys = frame.unverified_public.split(" ")
    if len(vkeys) > len(_SEEDS):
        refuse(where, f"at most {len(_SEEDS)} vkeys", len(vkeys))
    return LockedWitness(frame, tuple(Key.parse(vkey, where) for vkey in vkeys))


def _body_text(seeds: Sequence[bytes]) -> str:
    return "".join(f"{word} {base64_text(seed)}\n" for word, seed in zip(_SEEDS, seeds, strict=False))


def _cosigner(name: str, text: str, where: str) -> Cosigner:
    """The keys in the body; an error shows none of its lines."""
    seeds = [_seed(line.partition(" ")[2]) for line in text.split("\n")[:-1]]
    if not 1 <= len(seeds) <= len(_SEEDS) or not all(seeds) or _body_text(seeds) != text:
        refuse(where, "one seed or two in its body, in their one spelling")
    return Cosigner.from_seeds(name, *seeds)


def _seed(value: str) -> bytes:
    """The seed, empty bytes for what is none: the cause of an error would show the secret."""
    try:
        return base64_bytes(value, "seed", size=SEED_SIZE)
    except ValueError:
        return b""
