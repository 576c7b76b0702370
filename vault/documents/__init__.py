"""Where sealed payloads lie: segments, written once, named at random, never changed."""
