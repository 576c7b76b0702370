"""Segments in a dict keep the contract."""

import pytest

from tests.contracts.segments import SegmentContract
from vault.documents.memory import MemorySegments


class TestMemorySegments(SegmentContract):
    @pytest.fixture
    def store(self) -> MemorySegments:
        return MemorySegments()
