-- Another name of an agent.
INSERT INTO agent_aliases (alias, agent_id) VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET agent_id = excluded.agent_id;
