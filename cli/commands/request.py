"""`dvault request`."""

from cli.commands.registering import commands

command = commands(
    "request", "TEXT", "Who demanded what, when, in which words, and whether it is within the guideline."
)
