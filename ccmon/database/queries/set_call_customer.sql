-- Who calls.
UPDATE calls SET customer_id = ?1 WHERE source = ?2 AND call_id = ?3 AND visit = ?4;
