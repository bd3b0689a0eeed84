-- How a call went, which was said after a moment, is of the visit that it was about alone.
UPDATE calls
SET disposition = NULL
WHERE id = :earlier AND disposition = (SELECT disposition FROM calls WHERE id = :id);
