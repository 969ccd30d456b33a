-- How much there is in bytes, and how fast the work comes along; NULL where nobody knows.

ALTER TABLE progress ADD COLUMN bytes_total INTEGER;
ALTER TABLE progress ADD COLUMN entries_per_second REAL;
