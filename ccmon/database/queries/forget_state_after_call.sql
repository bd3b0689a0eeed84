-- What an agent went over to when a call was given up that nobody had told the end of.
DELETE FROM agent_states
WHERE agent_id = (SELECT id FROM agents WHERE login = :login) AND started_at = :ended_at;
