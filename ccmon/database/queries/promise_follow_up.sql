-- A call back that is promised. Told twice, by the day on which it is due and by the call that led to it: the call counts.
INSERT INTO follow_ups (id, call_id, agent_id, customer_id, kind, created_at, due_at, promised_at, note)
VALUES (?1, (SELECT id FROM calls WHERE source = ?2 AND call_id = ?3 AND visit = ?4), (SELECT id FROM agents WHERE login = ?5),
    ?6, ?7, ?8, ?9, ?9, ?10)
ON CONFLICT (id) DO UPDATE SET call_id = excluded.call_id, created_at = excluded.created_at
WHERE excluded.call_id IS NOT NULL;
