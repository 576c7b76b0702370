"""Programs of other people that check what this project writes, each behind one small file."""
