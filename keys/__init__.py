"""Secrets: identities, what locks them, and the vault keys sealed to members. Knows nothing about documents."""
