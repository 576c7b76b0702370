"""Reading a bundle as a stranger would: every file of it by its name, also of a zip."""

import zipfile
from pathlib import Path

from vault.evidence import index_proofs, record
from vault.evidence import statement as statements
from vault.evidence.record import Record
from vault.evidence.statement import Statement

EVIDENCE = "data/evidence/"


def files(path: Path) -> dict[str, bytes]:
    """All files by their names in the bag."""
    if path.is_dir():
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    with zipfile.ZipFile(path) as file:
        return {name.removeprefix("report/"): file.read(name) for name in file.namelist()}


def evidence(path: Path) -> dict[str, bytes]:
    """The files of data/evidence."""
    return {name.removeprefix(EVIDENCE): data for name, data in files(path).items() if name.startswith(EVIDENCE)}


def statement(path: Path) -> Statement:
    """What it says of itself."""
    return statements.parse(evidence(path)["statement"])


def shown(path: Path) -> dict[int, Record]:
    """The shown records by number."""
    return {
        int(name[8:-7]): record.parse_shown(data)
        for name, data in evidence(path).items()
        if name.startswith("entries/") and name.endswith(".record")
    }


def terms(path: Path, name: str) -> list[str]:
    """The terms of a file of index proofs."""
    proofs = index_proofs.parse(evidence(path)[f"index/{name}.proofs"])
    return sorted(proof.unverified_shown.term for proof in proofs if proof.unverified_shown)
