"""The catalog's tables. `doctor --rebuild` drops and refills them from the ledger alone."""

NAMES = ("registered", "lookup", "transmittal", "link", "item", "follow_up")

# registered  parties, subjects, matters, requests; `stated` is a JSON object of the record's values as they stand
# lookup      what each is called: its terms, and `name:` with the folded legal name, aliases, title, number
# transmittal `stated` likewise, without items; `words` is all its text, folded, for substring search
# link        which transmittal names which object
# item        the documents of each transmittal
# follow_up   which entries follow up which
SCHEMA = """
CREATE TABLE registered(
  kind TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL UNIQUE,
  void INTEGER NOT NULL DEFAULT 0, stated TEXT NOT NULL, PRIMARY KEY(kind, number)) WITHOUT ROWID;
CREATE TABLE lookup(
  kind TEXT NOT NULL, term TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(kind, term, number)) WITHOUT ROWID;
CREATE INDEX lookup_by_object ON lookup(kind, number);
CREATE TABLE transmittal(
  number INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, event_time TEXT NOT NULL, stated TEXT NOT NULL,
  items INTEGER NOT NULL, bytes INTEGER NOT NULL, words TEXT NOT NULL, void INTEGER NOT NULL DEFAULT 0);
CREATE INDEX transmittal_by_time ON transmittal(event_time);
CREATE TABLE link(id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(id, number)) WITHOUT ROWID;
CREATE INDEX link_by_number ON link(number);
CREATE TABLE item(
  number INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER, sha256 TEXT,
  PRIMARY KEY(number, place)) WITHOUT ROWID;
CREATE INDEX item_by_content ON item(sha256);
CREATE TABLE follow_up(
  of_seq INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY(of_seq, seq)) WITHOUT ROWID;
"""
