-- A stretch of an agent's plan.
INSERT INTO shifts (id, agent_id, starts_at, ends_at, activity) VALUES (:id, :agent_id, :starts_at, :ends_at, :activity)
ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, activity = excluded.activity;
