"""The blocks of bytes that stand in docs/format/backup.md: `python -m tests.backup.examples` writes them there."""

import re
from hashlib import sha256
from pathlib import Path

from vault.backup import headers, listing, records
from vault.backup.headers import Headers, Placed, Wrap
from vault.backup.listing import Listed, Listing

FORMAT = Path(__file__).resolve().parents[2] / "docs" / "format" / "backup.md"
ORIGIN = "magnets.example/disclosures"
RECORDS = (b"", b"seale", b"", b"seale")
_BLOCK = re.compile(r"(<!-- example: ([a-z-]+) -->\n```text\n)(.*?)(```\n)", re.DOTALL)


def example_headers() -> Headers:
    """Two wraps and a header."""
    wraps = [Wrap(3, 1, bytes(range(1, 73))), Wrap(1, 1, bytes(range(72)))]
    payload, segment = sha256(b"payload").digest(), "911659fa0c6f0f1b2a3d4c5e6f708192"
    return headers.make(ORIGIN, wraps, [Placed(payload, 421_931, 1, segment, 0, b"age-encryption.org/v1\n")])


def example_list() -> Listing:
    """Two objects."""
    objects = [("tile/0/000.p/3", "aX2bQk", 96, b"tile"), ("checkpoint", "3LgN0a", 3445, b"test")]
    return listing.make(ORIGIN, 3, [Listed(key, id_, size, sha256(data).digest()) for key, id_, size, data in objects])


def blocks() -> dict[str, str]:
    """The blocks that are bytes."""
    return {
        "records": f"{records.render(RECORDS).hex(' ')}\n",
        "headers": bytes(example_headers()).decode(),
        "list": bytes(example_list()).decode(),
        "backup-lines": f"size 3\n{example_list().line}\n",
    }


def read() -> dict[str, str]:
    """The blocks as they stand there."""
    return {name: body for _, name, body, _ in _BLOCK.findall(FORMAT.read_text("utf-8"))}


def fill(text: str) -> str:
    """The text with its blocks."""
    made = blocks()
    return _BLOCK.sub(lambda found: found[1] + made.get(found[2], found[3]) + found[4], text)


if __name__ == "__main__":
    FORMAT.write_text(fill(FORMAT.read_text("utf-8")), "utf-8")
