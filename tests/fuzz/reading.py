"""Bytes read and printed again; the printers here are the tests' own where the product prints nothing."""

from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from keys import identity as identities
from keys import identity_file, keyring, witness_file
from keys.identity import PublicIdentity
from tests.evidence.signers import Log, witness
from tests.vectors import generate_anchors
from tests.vectors.generate_identity import predictable
from vault import pins
from vault.anchoring import certificates, tokens
from vault.backup import headers, listing
from vault.backup import records as bundles
from vault.evidence import checkpoint as checkpoints
from vault.evidence import completeness, consistency, note, proof, receipt, tiles
from vault.evidence import entry as entries
from vault.evidence import index_proof as index_proofs
from vault.evidence import policy as policies
from vault.evidence import record as records
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.strict import Malformed
from vault.sealing import armor as armors
from vault.sealing import blob, header
from vault.sealing.header import Header
from vault.verify import following
from vault.witness import state as witness_states

ME = identities.Identity.generate(predictable("fuzz"))
LOG = Log("magnets.example/disclosures")
WITNESS = witness("witness.example/w1")
UNSEEN = note.parse(LOG.sign(Checkpoint(LOG.origin, 300, bytes(range(32)))))
COSIGNED = wire.merge(UNSEEN, [WITNESS.cosign(UNSEEN.text, 1_790_000_000)])


def age_header(data: bytes) -> bytes:
    """Read, printed, and tried with keys it is not for."""
    printed = print_header(header.parse(data))
    header.split(data)
    return printed


def print_header(read: Header) -> bytes:
    """age.md, section Header."""
    lines = ["age-encryption.org/v1"]
    for stanza in read.stanzas:
        body = _unpadded(stanza.body)
        lines += [" ".join(["->", stanza.type, *stanza.args])]
        lines += [body[at : at + 64] for at in range(0, len(body), 64)]
        lines += [""] if len(body) % 64 == 0 else []
    return "\n".join([*lines, f"--- {_unpadded(read.unverified_mac)}", ""]).encode()


def _unpadded(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def age_file(data: bytes) -> None:
    """Opened with keys it may be for: the corpus is sealed to both."""
    blob.open_sealed(data, [ME.classic, ME.hybrid], limit=1 << 16)


def armor(data: bytes) -> None:
    """White space around it and CRLF are the only freedom."""
    assert armors.encode(armors.decode(data)) == data.strip().replace(b"\r\n", b"\n") + b"\n"


def stamp_reply(data: bytes) -> None:
    """Judged wholly, over the example checkpoint: what is unsigned in a reply has many spellings."""
    tokens.check(data, generate_anchors.NOTE, [generate_anchors.ROOT.der], "reply")


def stamp_roots(data: bytes) -> None:
    """PEM has many spellings."""
    certificates.parse_roots(data, "roots")


def signed_note(data: bytes) -> bytes:
    """Any signed note."""
    return bytes(note.parse(data))


def vkey(data: bytes) -> bytes:
    """A public key as text; what is not UTF-8 comes from a command line."""
    return str(note.Key.parse(data.decode(errors="surrogateescape"))).encode()


def entry(data: bytes) -> bytes:
    """An entry with its signature."""
    signed = entries.parse(data)
    assert signed.text_bytes == signed.entry.text.encode()
    return note.render(signed.entry.text, [signed.unverified_signature])


def record(data: bytes) -> bytes:
    """A whole record; shown in full it says the same."""
    read = records.parse(data)
    assert records.parse_shown(records.render_shown(read)) == read
    return records.render(read)


def shown_record(data: bytes) -> bytes:
    """A record, some lines withheld."""
    read = records.parse_shown(data)
    assert len(read.root) == 32
    return records.render_shown(read)


def checkpoint(data: bytes) -> bytes:
    """A checkpoint, opened with the keys of the log in the corpus."""
    read = note.parse(data, limit=checkpoints.MAX_CHECKPOINT)
    assert checkpoints.parse_text(read.text).text == read.text
    checkpoints.open_checkpoint(data, LOG.keys)
    return bytes(read)


def tlog_proof(data: bytes) -> bytes:
    """An inclusion proof."""
    return bytes(proof.parse(data))


def index_proof(data: bytes) -> bytes:
    """An index proof; judged against some root, it may be refused but no more."""
    read = index_proofs.parse(data)
    with suppress(Malformed):
        index_proofs.verify(read, bytes(32))
    return bytes(read)


def a_receipt(data: bytes) -> bytes:
    """A receipt."""
    return bytes(receipt.parse(data))


def a_completeness(data: bytes) -> bytes:
    """All that was filed under some terms."""
    return bytes(completeness.parse(data))


def a_consistency(data: bytes) -> bytes:
    """A consistency proof."""
    return bytes(consistency.parse(data))


def a_bundle(data: bytes) -> bytes:
    """An entry bundle of four."""
    return tiles.render_bundle(tiles.parse_bundle(data, tiles.Tile(tiles.ENTRIES, 0, 4)))


def a_state(data: bytes) -> bytes:
    """The state of who follows a ledger."""
    read = following.parse(data)
    return bytes(read) if read.is_whole else data


def ring(data: bytes) -> bytes:
    """A keyring."""
    read = keyring.parse(data)
    return note.render(read.unverified.text, read.note.unverified_signatures)


def identity(data: bytes) -> bytes:
    """The envelope of an identity."""
    read = identity_file.parse(data, Path("identity"))
    return bytes(replace(read.frame, unverified_public=str(read.unverified_public)))


def checksummed(data: bytes) -> bytes:
    """The last line exchanged for the SHA-256 of what is before."""
    kept = data.removesuffix(b"\n").rpartition(b"\n")[0] + b"\n"
    return kept + f"sha256 {sha256(kept).hexdigest()}\n".encode()


def identity_body(data: bytes) -> bytes:
    """The secret lines of an identity."""
    return identities.body_text(identities.parse_body(_text(data), "identity")).encode()


def public_string(data: bytes) -> bytes:
    """What a member hands to a custodian."""
    return str(PublicIdentity.parse(data.decode(errors="surrogateescape"))).encode()


def pin(data: bytes) -> bytes:
    """What this machine saw last."""
    return bytes(pins.parse(data, "pin"))


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Malformed("body", "UTF-8") from None


def policy(data: bytes) -> bytes:
    """A verifier's policy; whatever is one judges a checkpoint, or refuses it."""
    read = policies.parse(data)
    assert read.judge(COSIGNED).checkpoint.size == 300
    return bytes(read)


def add_checkpoint(data: bytes) -> bytes:
    """What a witness is asked."""
    return bytes(wire.parse(data))


def cosignatures(data: bytes) -> None:
    """What a witness answers; only lines of the known key are taken."""
    found = wire.parse_cosignatures(data, UNSEEN, [WITNESS.key])
    assert {(one.name, one.key_id) for one in found} == {(WITNESS.name, WITNESS.key.id)}


def witness_key(data: bytes) -> bytes:
    """The file of a witness's keys."""
    return bytes(witness_file.parse(data, Path("key")).frame)


def witness_log(data: bytes) -> bytes:
    """What a witness remembers of a log."""
    return bytes(witness_states.parse(data, "state"))


def backup_headers(data: bytes) -> bytes:
    """Wrapped keys in a bucket."""
    return bytes(headers.parse(data, "headers"))


def backup_list(data: bytes) -> bytes:
    """The list of a run."""
    return bytes(listing.parse(data, "list"))


def backup_records(data: bytes) -> bytes:
    """A bundle of four sealed records."""
    return bundles.render(bundles.parse(data, 4, "records"))
