"""Where entries and their sealed records lie, and the check of a whole vault."""
