-- Asterisk's realtime queue log in SQLite, in the order in which it was written.
SELECT * FROM queue_log ORDER BY rowid;
