"""`python -I -m vault.verify PATH`: the stranger's check of reports, ledgers and proofs, without the program `dvault`.

Needs no database, no cloud and no command line of ours. Exit code 0 if nothing is BROKEN and the required verdicts are
PROVEN, 1 if not, 2 for wrong use, 4 where there is no ledger, 6 where it cannot be read now.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from vault.errors import Misuse, NotFound, Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.verify import telling
from vault.verify.asking import (
    fingerprint_of,
    is_bundle,
    judge_bundle,
    look,
    outside_of,
    policy_of,
    prove,
    verdicts_of,
)
from vault.verify.auditing import Audit
from vault.verify.bundles import telling as bundles
from vault.verify.bundles.judging import Judged
from vault.verify.inert import inert
from vault.verify.outside import Outside

_CODES: tuple[tuple[type[Exception], int], ...] = ((Misuse, 2), (NotFound, 4), (Unavailable, 6), (Exception, 1))


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m vault.verify", description="Check a ledger in tile form without a key.")
    parser.add_argument("path", help="a report, a ledger's folder or https:// address, or the file of a proof")
    parser.add_argument(
        "--policy", metavar="FILE", default="", help="whom you believe, as dvault policy export writes it"
    )
    parser.add_argument("--fingerprint", metavar="F", default="", help="64 hex digits that you got another way")
    parser.add_argument("--checkpoint", metavar="FILE", action="append", default=[], help="one that was kept")
    parser.add_argument("--since", metavar="FILE", default="", help="where what was seen is kept, for the next time")
    parser.add_argument("--require", metavar="VERDICTS", default="", help="which must be PROVEN")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Check, print, and return the exit code."""
    asked = _arguments(words)
    try:
        required = verdicts_of(asked.require)
        since = Path(asked.since) if asked.since else None
        policy = policy_of(Path(asked.policy)) if asked.policy else None
        outside = outside_of(fingerprint_of(asked.fingerprint), policy, (), [Path(one) for one in asked.checkpoint])
        found = _look(asked.path, outside, since)
    except (VaultError, Malformed) as exc:
        hint = exc.hint if isinstance(exc, VaultError) else ""
        sys.stderr.write(f"error: {exc}\n" + (f"hint: {hint}\n" if hint else ""))
        return next(code for kind, code in _CODES if isinstance(exc, kind))
    sys.stdout.write(_json(found) if asked.json else _text(found))
    return 0 if found.report.passes(required or found.required) else 1


def _look(path: str, outside: Outside, since: Path | None) -> Audit:
    if is_bundle(path):
        if since:
            raise Misuse("a report is not followed: --since is for a ledger in tile form")
        return judge_bundle(Path(path), outside)
    return prove(Path(path), outside) if Path(path).is_file() else look(path, outside, since)


def _json(found: Audit) -> str:
    told = telling.as_dict(found.report, found.fingerprint) | {"steps": telling.steps_as_dicts(found.steps)}
    told |= {"lists": telling.lists_as_dicts(found.filed)} if found.filed else {}
    told |= {"report": bundles.as_dict(found.handed)} if isinstance(found, Judged) and found.handed else {}
    return json.dumps(told) + "\n"


def _text(found: Audit) -> str:
    report = found.report
    lines = [line for _, line in telling.verdict_lines(report)]
    lines.append(f"{report.entries} entries, {report.transmittals} transmittals, checkpoint {report.checkpoint}")
    lines.append(f"fingerprint   {found.fingerprint}")
    lines += map(str, found.steps)
    lines += [f"note: {remark}" for remark in report.remarks + report.skipped]
    lines += telling.more_faults(report)
    lines += bundles.lines(found.handed) if isinstance(found, Judged) and found.handed else []
    return "\n".join([*map(inert, lines), telling.NEVER_LOGGED, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
