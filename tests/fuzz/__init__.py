"""Fuzzing: whatever bytes a parser is given, it refuses them in its own words or reads what it would print.

`python -m tests.fuzz [--seconds N] [TARGET...]` goes by coverage (atheris); test_fuzz.py changes good examples
(hypothesis). Both share `targets` and the files in `corpus`.
"""
