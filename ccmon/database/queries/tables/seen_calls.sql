-- How many rows some of these calls have had.
SELECT name, visits FROM seen_calls WHERE name IN (SELECT value FROM json_each(?));
