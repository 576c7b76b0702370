"""The parsers that foreign bytes meet first, and what holds of each: its own errors, and one spelling of a value."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import folders, reading
from vault.errors import VaultError
from vault.evidence.strict import Malformed
from vault.sealing.errors import Damaged, NotForUs

CORPUS = Path(__file__).resolve().parent / "corpus"
MAX_MESSAGE = 1_000  # characters of an error: no parser repeats a megabyte of what it was given

Read = Callable[[bytes], bytes | None]


class Finding(AssertionError):
    """What a parser must not do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser: `read` gives the bytes that what was read is printed as, None where several spellings are fine.

    `errors` are those it documents. `mend` makes changed bytes reach further: it puts a checksum right.
    """

    name: str
    read: Read
    errors: tuple[type[Exception], ...] = (Malformed,)
    mend: Callable[[bytes], bytes] | None = None

    def examine(self, data: bytes) -> bool:
        """Whether the parser takes `data`; Finding unless it does so, or refuses it, as it should."""
        if self.mend is not None:
            self._examine(self.mend(data))
        return self._examine(data)

    def _examine(self, data: bytes) -> bool:
        try:
            printed = self.read(data)
        except self.errors as exc:
            if len(str(exc)) > MAX_MESSAGE:
                raise Finding(f"{self.name}: an error of {len(str(exc))} characters") from exc
            return False
        except Exception as exc:
            raise Finding(f"{self.name}: {type(exc).__name__} is none of its errors") from exc
        if printed not in (None, data):
            raise Finding(f"{self.name}: read what it prints otherwise")
        return True

    def corpus(self) -> list[bytes]:
        """The examples, good ones and others."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).iterdir())]


_SEALED = (Damaged, NotForUs)

TARGETS = {
    target.name: target
    for target in (
        Target("age-header", reading.age_header, _SEALED),
        Target("age-file", reading.age_file, _SEALED),
        Target("armor", reading.armor, _SEALED),
        Target("note", reading.signed_note),
        Target("vkey", reading.vkey),
        Target("entry", reading.entry),
        Target("record", reading.record),
        Target("shown-record", reading.shown_record),
        Target("checkpoint", reading.checkpoint),
        Target("proof", reading.tlog_proof),
        Target("index-proof", reading.index_proof),
        Target("receipt", reading.a_receipt),
        Target("consistency", reading.a_consistency),
        Target("completeness", reading.a_completeness),
        Target("bundle", reading.a_bundle),
        Target("followed", reading.a_state),
        Target("keyring", reading.ring),
        Target("identity", reading.identity, mend=reading.checksummed),
        Target("identity-body", reading.identity_body),
        Target("public-string", reading.public_string),
        Target("pin", reading.pin),
        Target("policy", reading.policy),
        Target("add-checkpoint", reading.add_checkpoint),
        Target("cosignatures", reading.cosignatures),
        Target("witness-key", reading.witness_key, mend=reading.checksummed),
        Target("witness-log", reading.witness_log),
        Target("stamp-reply", reading.stamp_reply),
        Target("stamp-roots", reading.stamp_roots),
        Target("backup-headers", reading.backup_headers),
        Target("backup-list", reading.backup_list),
        Target("backup-records", reading.backup_records),
        Target("vault-toml", folders.vault_toml, (VaultError,)),
        Target("config", folders.config, (VaultError,)),
        Target("template", folders.template, (VaultError,)),
    )
}
