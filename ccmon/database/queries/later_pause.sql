-- An agent's first pause in a queue from a moment on.
SELECT id, reason, started_at
FROM queue_pauses
WHERE agent_id = :agent_id AND queue_id = :queue_id AND started_at >= :until
ORDER BY started_at, id
LIMIT 1;
