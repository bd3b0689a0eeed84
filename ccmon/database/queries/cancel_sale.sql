-- The customer takes back what they bought on a call.
UPDATE sales SET cancelled_at = ?4
WHERE call_id = (SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3) AND cancelled_at IS NULL;
