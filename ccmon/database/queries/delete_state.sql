-- A state that lasted no time.
DELETE FROM agent_states WHERE id = ?;
