-- How many rows of some calls this import has written so far; NULL for a call that had rows before it.
SELECT call_id, iif(min(id) <= :newest_before, NULL, count(*)) FROM calls
WHERE source = :source AND call_id IN (SELECT value FROM json_each(:call_ids))
GROUP BY call_id;
