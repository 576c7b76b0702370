"""`dvault request`."""

from cli.registering import commands

command = commands("request", "Who demanded what, when, in which words, and whether it is within the guideline.")
