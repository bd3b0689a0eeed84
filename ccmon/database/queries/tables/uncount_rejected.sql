-- Lines of a source that are forgotten do not count any more.
UPDATE sources SET
    rejected = max(0, rejected - :rejected),
    incomplete_records = max(0, incomplete_records - :incomplete)
WHERE name = :source;
