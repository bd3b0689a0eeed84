-- An offered call that was not answered.
INSERT INTO missed_calls (call_id, queue_id, agent_id, missed_at, ring_ms) VALUES (?, ?, ?, ?, ?);
