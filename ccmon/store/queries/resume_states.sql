-- One row an agent: the running state.
SELECT agent_states.id, agents.login, agent_states.state, agent_states.reason, agent_states.call_id,
       agent_states.started_at
FROM agent_states
JOIN agents ON agents.id = agent_states.agent_id
WHERE agent_states.ended_at IS NULL;
