"""The IAM policies of docs/operations.md, as they stand there."""

import json
import re
from pathlib import Path
from typing import Any

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
_POLICY = re.compile(r"<!-- policy: ([a-z]+) -->\n```json\n(.*?)```", re.DOTALL)


def told(role: str, bucket: str) -> Any:
    """The policy of a role, for every prefix below `desk` of this bucket."""
    found = dict(_POLICY.findall(OPERATIONS.read_text("utf-8")))
    return json.loads(found[role].replace("BUCKET", bucket).replace("PREFIX", "desk/*"))
