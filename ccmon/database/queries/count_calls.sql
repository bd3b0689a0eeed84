-- How many visits and attempts are there.
SELECT count(*) FROM calls;
