"""The seal of a bag: the statement and the hash of the tag manifest, signed by the member, stamped by TSAs."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from vault.anchoring import asking, certificates, reply, tokens
from vault.anchoring.tsas import Tsa, read_roots
from vault.archive import Archive
from vault.errors import Unavailable, VaultError
from vault.evidence.statement import Statement, sealed_text
from vault.evidence.strict import Malformed

Ask = Callable[[str, bytes], bytes]
Random = Callable[[int], bytes]


class Seal(NamedTuple):
    """The files beside the manifests; which TSAs failed and why."""

    files: tuple[tuple[str, bytes], ...]
    stamps: int
    failed: tuple[str, ...]


class Asking(NamedTuple):
    """How TSAs are asked; `stamp` says whether at all."""

    stamp: bool = True
    ask: Ask = asking.ask
    random: Random = os.urandom


def seal(archive: Archive, statement: Statement, tag_manifest: bytes, how: Asking) -> Seal:
    """report.note by the member, never by the log's key, and the time stamps over it.

    One TSA is enough; `Unavailable` where there are some and none gave a token that holds.
    """
    note = archive.secrets.signer.note(sealed_text(statement, tag_manifest))
    files, failed = [("report.note", note)], list[str]()
    tsas = archive.config.tsas if how.stamp else ()
    stamps = 0
    for tsa in tsas:
        try:
            files += _stamped(note, tsa, stamps + 1, how)
            stamps += 1
        except (VaultError, Malformed) as exc:
            failed.append(f"{tsa.name}: {exc}")
    if tsas and not stamps:
        hint = "nothing was written or logged; repeat it later, or without time stamps: --no-stamp"
        raise Unavailable(f"no TSA gave a time stamp that holds: {'; '.join(failed)}", hint)
    return Seal(tuple(files), stamps, tuple(failed))


def _stamped(note: bytes, tsa: Tsa, number: int, how: Asking) -> Iterator[tuple[str, bytes]]:
    """The token, checked as the vault's own are, and the chain to the roots that the vault knows."""
    roots = read_roots(tsa)
    nonce = int.from_bytes(how.random(8)) | 1 << 63  # never 0, always of one length
    token = how.ask(tsa.url, tokens.request(note, nonce, tsa.policy))
    tokens.check(token, note, roots, "its answer", nonce, tsa.policy)
    yield f"report-{number}.tsr", token
    yield f"report-{number}.pem", certificates.pem([*reply.read(token, tsa.name).certificates, *roots])
