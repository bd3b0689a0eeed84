-- One agent's state changes at :at, to pause and back.
UPDATE agent_states SET ended_at = :at WHERE agent_id = :agent AND ended_at IS NULL;

INSERT INTO agent_states (agent_id, state, reason, started_at)
VALUES (:agent, iif(:number % 2, 'ready', 'paused'), iif(:number % 2, NULL, 'lunch'), :at);
