-- Ids are blobs of 16 bytes: UUIDs big-endian, ULIDs as on the wire; both sort as their text does.

CREATE TABLE histories (
  hid INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  -- The id of the latest event; of a deleted history, of the one that was the latest.
  head BLOB NOT NULL CHECK (length(head) = 16),
  -- Unix milliseconds. The row stays for ever, so that the id is never used again.
  deleted_ms INTEGER
) STRICT;

CREATE TABLE events (
  -- AUTOINCREMENT: a position is never given twice, also not after the last event was deleted.
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  hid INTEGER NOT NULL REFERENCES histories,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  parent BLOB NOT NULL CHECK (length(parent) = 16),
  body BLOB NOT NULL
) STRICT;

-- Every index entry ends with the row's position already: this is (hid, position).
CREATE INDEX events_of_history ON events (hid);
