"""Witnesses: client, server and state, over real loopback HTTP, and beside programs that are not ours."""
