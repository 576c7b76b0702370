"""`dvault matter`."""

from cli.commands.registering import commands

command = commands("matter", "TITLE", "The licence application, tender, audit or lawsuit a disclosure is for.")
