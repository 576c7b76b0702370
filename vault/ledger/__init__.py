"""Where entries and their sealed records lie, and the keys they declare."""
