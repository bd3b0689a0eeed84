-- The triggers of one table, to take them away for the time of a bulk load.
SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name;
