-- One row an agent.
SELECT id, login FROM agents;
