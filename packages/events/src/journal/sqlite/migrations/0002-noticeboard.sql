-- What is going on right now. Nothing is decided on these rows, and all of them may be lost.

CREATE TABLE presence (
  instance BLOB PRIMARY KEY CHECK (length(instance) = 16),
  daemon TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  heartbeat_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE progress (
  workflow BLOB PRIMARY KEY CHECK (length(workflow) = 16),
  instance BLOB NOT NULL CHECK (length(instance) = 16),
  phase TEXT NOT NULL,
  entries_done INTEGER NOT NULL,
  entries_total INTEGER,
  bytes_done INTEGER NOT NULL,
  path TEXT NOT NULL,
  message TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
