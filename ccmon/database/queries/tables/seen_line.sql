-- The line on which a key stood.
SELECT line FROM seen_keys WHERE key = ?;
