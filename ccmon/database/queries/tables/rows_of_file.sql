-- All of a table of somebody else's SQLite file; its name is put in place of a_table.
SELECT * FROM a_table ORDER BY rowid;
