"""`dvault subject`."""

from cli.registering import commands

command = commands("subject", "Customers, persons, projects and trade secrets that disclosures expose.")
