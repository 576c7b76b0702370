"""`dvault matter`."""

from cli.registering import commands

command = commands("matter", "The licence application, tender, audit or lawsuit a disclosure is for.")
