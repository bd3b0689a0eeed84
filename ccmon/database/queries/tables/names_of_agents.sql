-- Agents by each of their names: a display name that two share names neither.
SELECT name, min(id) FROM agents WHERE name IS NOT NULL GROUP BY name HAVING count(*) = 1
UNION ALL
SELECT alias, agent_id FROM agent_aliases
UNION ALL
SELECT login, id FROM agents;
