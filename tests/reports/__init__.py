"""Reports: what is asked, what is shown, the bundle of it."""
