-- Who wants a workflow to end early. Nothing is decided on these rows alone, and all of them may be
-- lost: whoever asked can ask again.

CREATE TABLE cancel_requests (
  workflow BLOB PRIMARY KEY CHECK (length(workflow) = 16),
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
