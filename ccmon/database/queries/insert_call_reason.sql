-- Why a customer called.
INSERT INTO call_reasons (call_id, reason_id)
SELECT c.id, r.id FROM calls AS c JOIN contact_reasons AS r ON r.name = ?4
WHERE c.source = ?1 AND c.call_id = ?2 AND c.visit = ?3
ON CONFLICT DO NOTHING;
