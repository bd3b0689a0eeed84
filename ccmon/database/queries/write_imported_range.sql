-- A stretch of a source's time that is taken in.
INSERT INTO imported_ranges (source_id, first_at, last_at, edges)
SELECT id, :first_at, :last_at, :edges FROM sources WHERE name = :source;
