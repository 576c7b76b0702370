"""Letting a key leave the vault: recorded first, handed out second."""

import os
from pathlib import Path

from vault.archive import Archive
from vault.errors import Refused
from vault.records.draft import Draft


def content_identities(archive: Archive, target: Path) -> tuple[bytes, int]:
    """The content identities as an age identity file, oldest first, and the entry that records their export."""
    if not archive.secrets.content:
        raise Refused("this identity holds no content key", "a reader or custodian exports it")
    if os.path.lexists(target):
        raise Refused(f"{target} exists", "name another file with -o")
    what = (("what", "content identity in clear"), ("member", archive.secrets.member))
    (done,) = archive.append([Draft("export", what)])
    lines = [f"{identity.secret_text()}\n" for identity in archive.secrets.content]
    return "".join(lines).encode(), done.seq
