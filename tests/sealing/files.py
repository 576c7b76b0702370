"""Files that behave as badly as files may."""

import io

CONTENT = bytes(range(256)) * 4096  # 1 MiB


def content(size: int) -> bytes:
    """`size` bytes in which no two chunks of 64 KiB are alike."""
    return b"".join((number * 0x9E3779B1 % (1 << 32)).to_bytes(4, "big") for number in range(size // 4 + 1))[:size]


class Trickle(io.BytesIO):
    """Gives and takes at most `step` bytes at a time, which is no error."""

    def __init__(self, data: bytes = b"", step: int = 40_000) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0, "a whole file was asked for: memory is not constant"
        return super().read(min(size, self._step))

    def readinto(self, buffer: object, /) -> int:
        return super().readinto(memoryview(buffer)[: self._step])  # type: ignore[arg-type]

    def write(self, data: object, /) -> int:
        return super().write(memoryview(data)[: self._step])  # type: ignore[arg-type]
