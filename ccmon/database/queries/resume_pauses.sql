-- One row a running pause in one queue, in the order in which they began.
-- What another followed source says is that one's to go on with.
SELECT queue_pauses.id, agents.login, queues.name, queue_pauses.reason, queue_pauses.started_at
FROM queue_pauses
JOIN agents ON agents.id = queue_pauses.agent_id
JOIN queues ON queues.id = queue_pauses.queue_id
WHERE coalesce(queue_pauses.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND queue_pauses.ended_at IS NULL
ORDER BY queue_pauses.id;
