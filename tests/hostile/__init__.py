"""Names, files, clocks and terminals as an adversary or an accident hands them over."""
