"""A stanza, the part of an age header that holds the file key for one recipient; and who writes and reads it."""

from typing import NamedTuple, Protocol

from vault.evidence import strict

FILE_KEY_SIZE = 16
WRAPPED_SIZE = FILE_KEY_SIZE + 16  # with the Poly1305 tag


class BadKey(ValueError):
    """A recipient or identity that cannot be used: not a key, mistyped, or of a kind that is not supported.

    The text itself is never shown: it may be a secret key in the wrong place.
    """


class BadStanza(ValueError):
    """A stanza of a supported type that breaks the format: the whole header is to be refused."""


class Stanza(NamedTuple):
    """One recipient's part of a header, decoded only as far as every type shares."""

    type: str
    args: tuple[str, ...]
    body: bytes


class Recipient(Protocol):
    """A public key that a file can be sealed to; `str()` is its text."""

    @property
    def post_quantum(self) -> bool:
        """Whether its stanzas hold against a quantum computer. One file's recipients must all agree in this."""

    def wrap(self, file_key: bytes) -> Stanza:
        """A fresh stanza that only this recipient's identity opens. `file_key` has 16 bytes."""


class Identity(Protocol):
    """A secret key. Neither `repr` nor `str` shows it."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """The 16-byte file key, None where the stanza is another's, BadStanza where it is of our type but malformed."""

    def recipient(self) -> Recipient:
        """The public half."""

    def secret_text(self) -> str:
        """The secret key as text, for a file that only its owner reads."""


def encode_argument(data: bytes) -> str:
    """Bytes in the unpadded base64 of age headers."""
    return strict.base64_text(data).rstrip("=")


def decode_argument(text: str, what: str) -> bytes:
    """Bytes from unpadded, canonical base64; BadStanza for any other spelling."""
    if "=" in text:
        raise BadStanza(f"{what} is padded base64")
    try:
        return strict.base64_bytes(text + "=" * (-len(text) % 4), what)
    except strict.Malformed as exc:
        raise BadStanza(f"{what} is not canonical base64") from exc


def sole_argument(stanza: Stanza, size: int) -> bytes:
    """The one argument of a stanza that has just that, `size` bytes long, and a body of one wrapped file key.

    The body's size is checked before anything is decrypted, so that no stanza decrypts under two keys (age.md).
    """
    where = f"stanza {stanza.type}"
    if len(stanza.args) != 1:
        raise BadStanza(f"{where}: expected 1 argument, found {len(stanza.args)}")
    argument = decode_argument(stanza.args[0], f"{where}: its argument")
    if len(argument) != size:
        raise BadStanza(f"{where}: expected an argument of {size} bytes, found {len(argument)}")
    if len(stanza.body) != WRAPPED_SIZE:
        raise BadStanza(f"{where}: expected a body of {WRAPPED_SIZE} bytes, found {len(stanza.body)}")
    return argument
