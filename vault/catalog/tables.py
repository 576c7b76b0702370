"""The catalog's tables. `doctor --rebuild` drops and refills them from the ledger alone."""

NAMES = ("registered", "lookup", "transmittal", "link", "item", "follow_up")

SCHEMA = """
CREATE TABLE registered(
  kind TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL, void INTEGER NOT NULL DEFAULT 0, stated TEXT NOT NULL, PRIMARY KEY(kind, number));
CREATE TABLE lookup(term TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(term, id)) WITHOUT ROWID;
CREATE TABLE transmittal(
  number INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, event_time TEXT NOT NULL, stated TEXT NOT NULL,
  items INTEGER NOT NULL, bytes INTEGER NOT NULL, words TEXT NOT NULL, void INTEGER NOT NULL DEFAULT 0);
CREATE INDEX transmittal_by_time ON transmittal(event_time);
CREATE TABLE link(
  id TEXT NOT NULL, number INTEGER NOT NULL, relation TEXT NOT NULL, PRIMARY KEY(id, number, relation)) WITHOUT ROWID;
CREATE INDEX link_by_number ON link(number);
CREATE TABLE item(
  number INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER, sha256 TEXT,
  PRIMARY KEY(number, place)) WITHOUT ROWID;
CREATE INDEX item_by_content ON item(sha256);
CREATE TABLE follow_up(
  of_seq INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY(of_seq, seq)) WITHOUT ROWID;
"""
