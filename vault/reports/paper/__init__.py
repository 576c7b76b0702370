"""The report on paper: PDF/A-3b by typst, made of the accounting alone, which is attached to it as JSON."""
