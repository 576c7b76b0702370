"""What records say: the one table of fields, and how drafts become record lines and terms. No storage in here."""
