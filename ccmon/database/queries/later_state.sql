-- An agent's first state from a moment on.
SELECT id, state, reason, call_id, started_at
FROM agent_states
WHERE agent_id = :agent_id AND started_at >= :until
ORDER BY started_at, id
LIMIT 1;
