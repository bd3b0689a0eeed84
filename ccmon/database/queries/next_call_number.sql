-- The number of the next row of calls.
SELECT coalesce(max(id), 0) + 1 FROM calls;
