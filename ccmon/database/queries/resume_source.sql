-- The source as it was left: its number, position, what was carried, the newest record.
SELECT id, position, carried, last_record_at FROM sources WHERE name = :name;
