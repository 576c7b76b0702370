"""Judging evidence: five verdicts, numbered steps. Importing it loads no database, no cloud and no command line."""
