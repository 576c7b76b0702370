"""What can go wrong with sealed bytes: no key at hand opens them, or they are not what was sealed."""

from typing import Literal

from vault import errors

Part = Literal["armor", "header", "MAC", "nonce", "payload", "content"]


class NotForUs(errors.Refused):
    """No identity at hand opens this header. The file may be whole; another key is needed."""


class Damaged(errors.Damaged):
    """Bytes that break the format or fail authentication; `part` is where, the message says what and which chunk.

    `content` is the one part that age knows nothing of: it opened, but it is not the content that was expected.
    """

    def __init__(self, part: Part, problem: str) -> None:
        super().__init__(f"sealed {part}: {problem}")
        self.part = part
