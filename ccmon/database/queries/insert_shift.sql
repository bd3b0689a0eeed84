-- A stretch of an agent's plan.
INSERT INTO shifts (agent_id, starts_at, ends_at, activity)
VALUES ((SELECT id FROM agents WHERE login = ?1), ?2, ?3, ?4)
ON CONFLICT (agent_id, starts_at) DO UPDATE SET ends_at = excluded.ends_at, activity = excluded.activity;
