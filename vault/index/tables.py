"""The index's tables. All of it follows from the entries: `doctor --rebuild` empties and refills them."""

NAMES = ("index_head", "indexed_tag", "indexed_entry", "index_block")

# index_head    one row: entries 0..size-1 are in, and the root over them, which the newest index entry states
# indexed_tag   a tag's number of entries, and the peaks over them, end to end; `first` numbers the tag, by the entry
#               that first stood under it and its place there
# indexed_entry which entries stand under the tag of that number
# index_block   four levels of the tree below the prefix of `depth` hex digits: each child's digit and hash
SCHEMA = """
CREATE TABLE index_head(one INTEGER PRIMARY KEY CHECK(one=1), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
CREATE TABLE indexed_tag(tag BLOB PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, peaks BLOB NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE indexed_entry(tag INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(tag, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE index_block(depth INTEGER NOT NULL, prefix TEXT NOT NULL, children BLOB NOT NULL,
  PRIMARY KEY(depth, prefix)) STRICT, WITHOUT ROWID;
"""
