-- How long a call may be open, in milliseconds.
SELECT max_open_ms FROM site WHERE id = 1;
