-- What agents did in the first part of a visit.
UPDATE agent_states SET call_id = :id WHERE call_id = :earlier;
