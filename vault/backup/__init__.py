"""The vault in a bucket, under locks that its writer cannot lift, and back from there. docs/format/backup.md."""
