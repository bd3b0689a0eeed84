-- One row another name of an agent.
SELECT agent_aliases.alias, agents.login
FROM agent_aliases
JOIN agents ON agents.id = agent_aliases.agent_id;
