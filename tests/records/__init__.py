"""Records: the table of fields, and how what people say becomes lines and terms."""
