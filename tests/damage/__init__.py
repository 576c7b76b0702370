"""Bytes that rot, files that are cut, swapped or gone: nothing of it passes unnoticed. `run` tries all of it."""
