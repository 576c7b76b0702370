"""What somebody asks of a verifier on a command line, read strictly; and one look at a ledger, its state kept."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vault.errors import Damaged, Misuse, NotFound, Unavailable
from vault.evidence import policy as policies
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.evidence.policy import Policy
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Verdict
from vault.verify import following, proving
from vault.verify.auditing import Audit, audit
from vault.verify.bundles import judging, reading
from vault.verify.bundles.judging import Judged
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.sources import is_address, source_of

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def fingerprint_of(said: str) -> str:
    """64 hex digits, as printed or as people write them down: in groups, in capitals; empty if nothing was said."""
    digits = "".join(said.split()).lower()
    if said and not _FINGERPRINT.fullmatch(digits):
        raise Misuse("a fingerprint has 64 hex digits, as dvault init and verify print it")
    return digits


def verdicts_of(said: str) -> tuple[Verdict, ...]:
    """`integrity,order`."""
    try:
        return tuple(Verdict(name.strip().lower()) for name in said.split(",") if name.strip())
    except ValueError as exc:
        raise Misuse(f"verdicts are {', '.join(Verdict)}") from exc


def kept_checkpoint(path: Path) -> tuple[str, bytes]:
    """A checkpoint file that somebody kept, with its name."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CHECKPOINT + 1)
    except FileNotFoundError as exc:
        raise NotFound(f"{path} is not there") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
    if len(data) > MAX_CHECKPOINT:
        raise Damaged(f"{path} is too long for a checkpoint")
    return str(path), data


def policy_of(path: Path) -> Policy:
    """The verifier's policy in a file."""
    try:
        with path.open("rb") as file:
            return policies.parse(file.read(policies.MAX_POLICY + 1), str(path))
    except FileNotFoundError as exc:
        raise NotFound(f"{path} is not there") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
    except Malformed as exc:
        raise Misuse(f"the policy does not hold: {exc}", "dvault policy export writes one") from exc


def outside_of(
    fingerprint: str, policy: Policy | None = None, tsa_roots: Sequence[bytes] = (), kept: Sequence[Path] = ()
) -> Outside:
    """What was brought from outside; a fingerprint that is not the policy's is misuse."""
    if policy and fingerprint and policy.fingerprint.hex() != fingerprint:
        raise Misuse("the policy is of another ledger than the fingerprint", "give the one that you mean")
    return Outside(fingerprint, tuple(map(kept_checkpoint, kept)), None, policy, tuple(tsa_roots))


def prove(path: Path, outside: Outside) -> Audit:
    """Check the proof in a file, which says in its first line what it is."""
    try:
        with path.open("rb") as file:
            data = file.read(proving.MAX_FILE + 1)
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
    judge = proving.kind_of(data)
    if judge is None:
        hint = "receipts, consistency and completeness proofs say in their first line what they are"
        raise Misuse(f"{path} is no proof that this program knows", hint)
    return judge(data, outside)


def judge_bundle(path: Path, outside: Outside, progress: Progress = silent) -> Judged:
    """Check the report bundle at `path`, a folder or a zip."""
    return judging.judge(path, outside, progress)


def is_bundle(path: str) -> bool:
    """Whether this is a report bundle: a folder with a bagit.txt, or a zip."""
    return not is_address(path) and reading.is_bundle(Path(path))


def look(path: str, outside: Outside, since: Path | None, progress: Progress = silent) -> Audit:
    """Audit the folder or address `path`; the state in the file `since` is replaced if nothing is BROKEN."""
    state = following.read(since) if since else None
    found = audit(source_of(path), replace(outside, state=state), progress=progress)
    if since is not None:
        if found.to_keep is not None:
            following.keep(since, found.to_keep)
        else:
            found.report.remarks.append("what was seen before is kept as it is: something is BROKEN")
        if state is None:
            found.report.remarks.append("nothing was kept from an earlier look: a fork since then was not looked for")
    return found
