"""Tests, laid out as the packages they test."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """The folder `name` of the shared test data, or a skip where this machine does not have it."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"test data {name!r} is not beside this checkout")
    return folder
