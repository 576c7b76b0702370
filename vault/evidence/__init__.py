"""What a stranger can check: pure formats and proofs, bytes in, value out or `Malformed`.

Nothing in here opens a file, reads a clock or the environment, or logs. Read `strict`, `note`, `merkle`, then `entry`.
"""
