-- States of a call that an agent has from a moment on, though it was over by then.
SELECT id, started_at, ended_at
FROM agent_states
WHERE agent_id = :agent_id AND call_id = :call_id AND started_at >= :until;
