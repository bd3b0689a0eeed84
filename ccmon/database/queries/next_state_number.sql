-- The number of the next row of agent_states.
SELECT coalesce(max(id), 0) + 1 FROM agent_states;
