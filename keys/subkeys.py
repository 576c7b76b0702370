"""Subkeys: one secret, many keys, each with one use."""

import hmac
import re

SIZE = 32
_LABEL = re.compile(r"[a-z0-9][a-z0-9/-]{0,63}", re.ASCII)


def derive(secret: bytes, label: str) -> bytes:
    """The 32-byte subkey of `secret` (uniformly random, at least 32 bytes) for the use that `label` names.

    HKDF-SHA256 (RFC 5869) with an empty salt and the info `disclosure-vault/v1/<label>`; 32 bytes are one block of it,
    so extract and expand are one HMAC each.
    """
    if len(secret) < SIZE or not _LABEL.fullmatch(label):
        raise ValueError(f"a subkey needs {SIZE} secret bytes and a plain label, not {label!r}")
    extracted = hmac.digest(bytes(SIZE), secret, "sha256")
    return hmac.digest(extracted, f"disclosure-vault/v1/{label}".encode() + b"\x01", "sha256")
