"""A catalog with the parties of the news report."""

from pathlib import Path

import pytest

from tests.catalog.book import Book


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """P-0001 a supplier, P-0002 counsel, P-0003 an authority."""
    made = Book(tmp_path)
    made.party(
        "Ganzhou Magnet Co., Ltd.", country="CN", register=["USCC:9136"], alias=["赣州磁材", "GM"], role="supplier"
    )
    made.party("Müller & Söhne GmbH", country="DE", role="counsel")
    made.party("Ministry of Commerce", country="CN", alias=["MOFCOM", "Commerce: the ministry"], role="authority")
    return made
