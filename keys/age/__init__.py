"""age keys: recipients that anyone can seal to, identities that open, and the header stanza between them.

`stanza` has the one line of a header and the two interfaces; `x25519` and `hybrid` are the two kinds of key;
`kinds` reads a key of either kind from text and makes new ones. age v1: C2SP age.md.
"""

from keys.age.kinds import generate, parse_identity, parse_recipient
from keys.age.stanza import FILE_KEY_SIZE, BadKey, BadStanza, Identity, Recipient, Stanza

__all__ = [
    "FILE_KEY_SIZE",
    "BadKey",
    "BadStanza",
    "Identity",
    "Recipient",
    "Stanza",
    "generate",
    "parse_identity",
    "parse_recipient",
]
