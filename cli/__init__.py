"""The command `dvault`: one file per command, no logic."""
