-- What an agent does, or did.
INSERT INTO agent_states (id, agent_id, state, reason, call_id, started_at, ended_at, source)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);
