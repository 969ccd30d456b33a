-- Questions that one daemon has for another, and the answers. Nothing is decided on these rows, and
-- all of them may be lost.

CREATE TABLE inquiries (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  host TEXT NOT NULL,
  kind TEXT NOT NULL,
  body BLOB NOT NULL,
  asked_ms INTEGER NOT NULL,
  instance BLOB CHECK (length(instance) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer_parts (
  inquiry BLOB NOT NULL REFERENCES inquiries (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  is_last INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (inquiry, sequence)
) STRICT, WITHOUT ROWID;
