"""The stories of tests.reports."""

from tests.reports.stories import authority, outside, party, sample_desk, story, write  # noqa: F401 - fixtures
