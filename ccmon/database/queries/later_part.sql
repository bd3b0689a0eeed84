-- The row that later records made of a visit without knowing its beginning: no entry was seen, so no caller either.
SELECT id
FROM calls
WHERE source = :source AND call_id = :call_id AND queue_id IS :queue_id AND id <> :id AND caller IS NULL
  AND (ended_at IS NULL OR ended_at >= :until)
ORDER BY visit
LIMIT 1;
