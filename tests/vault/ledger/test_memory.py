"""The ledger in lists keeps the contract."""

import pytest

from tests.contracts.ledger import LedgerContract
from vault.ledger.memory import MemoryLedger


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def store(self) -> MemoryLedger:
        return MemoryLedger()
