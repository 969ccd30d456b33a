-- Where the spans of a workflow belong, in whichever process they are made. Nothing is decided on these
-- rows, and all of them may be lost: the rest of a workflow is then a trace of its own.

CREATE TABLE workflow_traces (
  workflow BLOB PRIMARY KEY CHECK (length(workflow) = 16),
  -- As in W3C Trace Context.
  traceparent TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_traces_by_age ON workflow_traces (at_ms);
