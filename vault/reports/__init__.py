"""Reports: what a query selects, as much of it as is shown, and the bundle that a stranger checks alone."""
