-- States as they were at some version of a history, so that a start does not fold it all again. All
-- of it may be lost, and none of it is believed without its checksum.

CREATE TABLE saved_states (
  history BLOB PRIMARY KEY CHECK (length(history) = 16),
  -- Names the program's way to write this state; another one is not read.
  format TEXT NOT NULL,
  -- The event that the state is the state after.
  vid BLOB NOT NULL CHECK (length(vid) = 16),
  checksum INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
