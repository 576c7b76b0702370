"""`dvault party`."""

from cli.commands.registering import commands

command = commands("party", "LEGAL NAME", "Who gets things from us, and who expects them next.")
