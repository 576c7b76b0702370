"""Mutation testing: each small fault put into a module of evidence or sealing has to make a test fail."""
