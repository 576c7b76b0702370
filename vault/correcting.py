"""Correcting: finding what is meant, and appending the record that says what was wrong."""

from collections.abc import Mapping

from vault.archive import Acknowledged, Archive
from vault.errors import Misuse
from vault.evidence.record import Value
from vault.names import transmittal_number
from vault.records import corrections


def correct(
    archive: Archive, said: str, kind: str, stated: Mapping[str, object], reason: str, *, void: bool
) -> Acknowledged:
    """Append a correction of the object `said`, which is of `kind`; `stated` are the new values by field name."""
    seq = _seq(archive, said, kind)
    values: Mapping[str, Value] = archive.read(seq).values()
    (done,) = archive.append([corrections.draft((kind, seq, values), stated, reason, void=void)])
    return done


def _seq(archive: Archive, said: str, kind: str) -> int:
    if kind == "disclosure":
        found = archive.catalog.transmittal(transmittal_number(said))
        void, seq = found.void, found.seq
    else:
        registered = archive.catalog.by_id(said)
        void, seq = registered.void, registered.seq
    if void:
        raise Misuse(f"{said} is void already", "disclose it anew")
    return seq
