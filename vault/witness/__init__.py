"""Witnesses (C2SP tlog-witness): `client` asks any of them, `server` is one for others' logs.

`state` is what a witness must never forget, `judging` what it refuses. The bytes are `vault.evidence.witness`'s.
"""
