"""The vault: evidence, sealing, documents, ledger, catalog, and the archive that joins them."""
