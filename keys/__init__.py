"""Secrets: identities and what locks them, the vault keys and who holds them. Knows nothing about documents.

Read `identity` and `identity_file`, then `keyring` and `vault_keys`. `signing` and `vrf` use keys, `age` seals to them;
`durable` is how every small file of the product is written.
"""
