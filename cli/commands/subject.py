"""`dvault subject`."""

from cli.commands.registering import commands

command = commands("subject", "NAME", "Customers, persons, projects and trade secrets that disclosures expose.")
