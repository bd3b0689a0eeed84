-- The end of a running state.
UPDATE agent_states SET ended_at = ?2 WHERE id = ?1;
