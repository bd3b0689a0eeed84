-- One row a pause in one queue that ran at a moment, in the order in which they began.
SELECT queue_pauses.id, agents.login, queues.name, queue_pauses.reason, queue_pauses.started_at
FROM queue_pauses
JOIN agents ON agents.id = queue_pauses.agent_id
JOIN queues ON queues.id = queue_pauses.queue_id
WHERE queue_pauses.started_at <= :at AND (queue_pauses.ended_at IS NULL OR queue_pauses.ended_at > :at)
ORDER BY queue_pauses.started_at, queue_pauses.id;
