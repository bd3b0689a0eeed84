-- What agents did from a moment on, to the visit that it was about.
UPDATE agent_states SET call_id = :id WHERE call_id = :earlier AND started_at >= :until;
