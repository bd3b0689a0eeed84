-- The triggers of one table, to take them away for the time of a bulk load. Those that forbid a key that is taken stay: a
-- row that is replaced without a trigger would be counted for ever.
SELECT name, sql FROM main.sqlite_master
WHERE type = 'trigger' AND tbl_name = :table AND name NOT LIKE '%key_taken'
ORDER BY name;
