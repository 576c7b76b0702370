"""Small things sealed whole: one age file in memory, header and payload together. Keyring wraps, extracted text."""

import os
from collections.abc import Callable, Sequence

from keys.age import FILE_KEY_SIZE, Identity, Recipient
from vault.sealing import header, stream
from vault.sealing.errors import Damaged


def seal(plaintext: bytes, recipients: Sequence[Recipient], random: Callable[[int], bytes] = os.urandom) -> bytes:
    """An age file that each of the recipients opens. `random(n)` must give n bytes fit for keys."""
    file_key = random(FILE_KEY_SIZE)
    return header.wrap(file_key, recipients) + stream.seal(plaintext, file_key, random(stream.NONCE_SIZE))


def open_sealed(data: bytes, identities: Sequence[Identity], *, limit: int) -> bytes:
    """The plaintext of an age file, of at most `limit` bytes. NotForUs or Damaged; nothing of a damaged one."""
    head, payload = header.split(data)
    file_key = header.unwrap(head, identities)
    if stream.content_size(len(payload)) > limit:
        raise Damaged("payload", f"holds more than {limit} bytes")
    return bytes(stream.open_sealed(payload, file_key))
