-- Other programs' databases, which are only read: FreeSWITCH's mod_callcenter, Asterisk's realtime log, SQLite files to import.

-- name: freeswitch_agents
-- A row of mod_callcenter's own table agents, with the columns that this version of the switch has.
SELECT * FROM agents;

-- name: freeswitch_members
-- A row of mod_callcenter's own table members, with the columns that this version of the switch has.
SELECT * FROM members;

-- name: freeswitch_tiers
-- A row of mod_callcenter's own table tiers, with the columns that this version of the switch has.
SELECT * FROM tiers;

-- name: realtime_queue_log
-- Asterisk's realtime queue log in SQLite, in the order in which it was written.
SELECT * FROM queue_log ORDER BY rowid;

-- name: foreign_tables
-- The tables and views of an SQLite file that somebody else wrote.
SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY name;

-- name: foreign_row_count
-- How many rows a table of somebody else's SQLite file has; its name is put in place of a_table.
SELECT count(*) FROM a_table;

-- name: foreign_rows
-- All of a table of somebody else's SQLite file; its name is put in place of a_table.
SELECT * FROM a_table ORDER BY rowid;
