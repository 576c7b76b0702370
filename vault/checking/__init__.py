"""Checking a whole vault on its owner's machine. `steps` runs all of it, the others are its parts."""
