"""The stories of tests.reports."""

from tests.reports.conftest import authority, outside, party, sample_desk, story, write  # noqa: F401 - fixtures
