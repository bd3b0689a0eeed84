-- Who missed a call from a moment on, to the visit that rang.
UPDATE missed_calls SET call_id = :id WHERE call_id = :earlier AND missed_at >= :until;
