"""The kinds of age key there are here: a key of either kind from its text, and new keys.

What age knows besides (passphrases by scrypt, SSH keys, hardware tags, plugins) is refused: a vault key must not hang
on a passphrase or on another program.
"""

import os
from collections.abc import Callable, Mapping
from typing import TypeVar

from keys import bech32
from keys.age import hybrid as pq
from keys.age import x25519
from keys.age.stanza import BadKey, Identity, Recipient

_SUPPORTED = "supported are hybrid keys (age1pq1…) and X25519 keys (age1…)"

_Key = TypeVar("_Key", Recipient, Identity)
_Kinds = Mapping[str, tuple[int, Callable[[bytes], _Key]]]  # by prefix: size in bytes, and what makes the key

_RECIPIENTS: _Kinds[Recipient] = {
    x25519.RECIPIENT_PREFIX: (x25519.KEY_SIZE, x25519.X25519Recipient),
    pq.RECIPIENT_PREFIX: (pq.PUBLIC_SIZE, pq.HybridRecipient),
}
_IDENTITIES: _Kinds[Identity] = {
    x25519.IDENTITY_PREFIX: (x25519.KEY_SIZE, x25519.X25519Identity),
    pq.IDENTITY_PREFIX: (pq.SEED_SIZE, pq.HybridIdentity),
}


def parse_recipient(text: str) -> Recipient:
    """The recipient that `text` spells, without white space; BadKey otherwise."""
    return _parse(text, "recipient", _RECIPIENTS)


def parse_identity(text: str) -> Identity:
    """The identity that `text` spells, without white space or comment lines; BadKey otherwise."""
    return _parse(text, "identity", _IDENTITIES)


def generate(hybrid: bool, random: Callable[[int], bytes] = os.urandom) -> Identity:
    """A new identity. `random(n)` must give n bytes fit for keys."""
    return pq.HybridIdentity(random(pq.SEED_SIZE)) if hybrid else x25519.X25519Identity(random(x25519.KEY_SIZE))


def _parse(text: str, what: str, kinds: _Kinds[_Key]) -> _Key:
    try:
        prefix, data = bech32.decode(text)
    except ValueError as exc:
        raise BadKey(f"not an age {what}: {exc}; {_SUPPORTED}") from exc
    if prefix not in kinds:
        raise BadKey(f"not a supported age {what}, but a key of the kind {prefix[:20]!r}; {_SUPPORTED}")
    size, make = kinds[prefix]
    if len(data) != size:
        raise BadKey(f"not an age {what}: {len(data)} bytes in place of {size}")
    return make(data)
