"""The report's page: its program under node against the vectors, and itself in real browsers."""
