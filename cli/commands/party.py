"""`dvault party`."""

from cli.registering import commands

command = commands("party", "Who gets things from us, and who expects them next.")
