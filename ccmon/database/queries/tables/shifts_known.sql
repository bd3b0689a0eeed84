-- The agent's stretch of plan that starts then.
SELECT id, agent_id, starts_at, ends_at, activity FROM shifts WHERE agent_id = :agent_id AND starts_at = :starts_at;
