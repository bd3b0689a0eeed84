-- One row a membership that ran at a moment.
SELECT queue_members.id, agents.login, queues.name, queue_members.static, queue_members.started_at
FROM queue_members
JOIN agents ON agents.id = queue_members.agent_id
JOIN queues ON queues.id = queue_members.queue_id
WHERE queue_members.started_at <= :at AND (queue_members.ended_at IS NULL OR queue_members.ended_at > :at)
ORDER BY queue_members.id;
