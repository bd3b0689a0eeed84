-- A reason of a call.
INSERT INTO call_reasons (call_id, reason_id, is_primary) VALUES (:call_id, :reason_id, :is_primary)
ON CONFLICT (call_id, reason_id) DO UPDATE SET is_primary = excluded.is_primary;
