-- How many rows a table of somebody else's SQLite file has; its name is put in place of a_table.
SELECT count(*) FROM a_table;
