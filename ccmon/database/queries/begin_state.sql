-- An earlier beginning of a state.
UPDATE agent_states SET started_at = ?2 WHERE id = ?1;
