"""`make bench`: the product beside its peers and this machine's floor in one run; a table and build/bench.json."""
