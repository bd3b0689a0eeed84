-- An agent's state as another source left it, where this one says what they do now.
UPDATE agent_states SET ended_at = max(started_at, ?2) WHERE agent_id = ?1 AND ended_at IS NULL;
