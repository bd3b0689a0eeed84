-- A stretch that has grown or become part of another.
DELETE FROM imported_ranges
WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND first_at = :first_at AND last_at = :last_at;
