-- The primary reason of a call.
INSERT INTO call_reasons (call_id, reason_id)
SELECT calls.id, contact_reasons.id FROM calls, contact_reasons
WHERE source = ?1 AND call_id = ?2 AND visit = ?3 AND contact_reasons.name = ?4
ON CONFLICT (call_id, reason_id) DO NOTHING;
