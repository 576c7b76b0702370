"""Writing the file that `-o` names: whole and durable, or not at all, and what there is then is said as it is."""

import os
from pathlib import Path

from keys import durable
from vault.errors import Refused, Unavailable, Undecided


def new_file(path: Path, made: bytes) -> None:
    """Create `path` (mode 0600) with these bytes; it overwrites nothing.

    `Refused` where the name is taken; `Unavailable` where nothing was written; `Undecided` where all of it is there,
    but the disk failed before it was durable. [Who is told to repeat is then told that the file exists.]
    """
    try:
        durable.write_new(path, made)
    except FileExistsError as exc:
        raise Refused(f"{path} exists", "name another file with -o") from exc
    except OSError as exc:
        if os.path.lexists(path):
            said = f"{path} is there and whole, but the disk failed after it: {exc.strerror}"
            raise Undecided(said, "mend the disk, then see whether it is still there") from exc
        raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it, then repeat") from exc
