"""Writes the vectors of entries, records, terms and key histories, and the example bytes in docs/format.

python -m tests.vectors.generate_evidence
"""

from tests import vectors
from tests.vectors import (
    example,
    generate_checkpoints,
    generate_entries,
    generate_histories,
    generate_index,
    generate_records,
    generate_terms,
)

FILES = {
    "entries": generate_entries.build,
    "key-histories": generate_histories.build,
    "index": generate_index.build,
    "records": generate_records.build,
    "shown-records": generate_records.build_shown,
    "terms": generate_terms.build,
}


def write() -> None:
    """Replace all of them."""
    for name, build in FILES.items():
        vectors.write(name, build())
    example.write()
    generate_checkpoints.write_made_once()  # the example checkpoint's ML-DSA-44 signature cannot be made again


if __name__ == "__main__":
    write()
