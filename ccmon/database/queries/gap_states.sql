-- One row an agent: the state that ran at a moment.
-- What another followed source says is that one's to go on with.
SELECT agent_states.id, agents.login, agent_states.state, agent_states.reason, agent_states.call_id,
       agent_states.started_at
FROM agent_states
JOIN agents ON agents.id = agent_states.agent_id
WHERE coalesce(agent_states.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND agent_states.started_at <= :at
    AND (agent_states.ended_at IS NULL OR agent_states.ended_at > :at);
