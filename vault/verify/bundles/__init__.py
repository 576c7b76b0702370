"""The stranger's check of a report bundle (docs/format/report.md), a folder or a zip of one, never unpacked."""
