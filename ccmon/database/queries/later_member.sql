-- An agent's first membership of a queue from a moment on.
SELECT id, static, started_at
FROM queue_members
WHERE agent_id = :agent_id AND queue_id = :queue_id AND started_at >= :until
ORDER BY started_at, id
LIMIT 1;
