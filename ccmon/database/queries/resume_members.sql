-- One row a running membership.
-- What another followed source says is that one's to go on with.
SELECT queue_members.id, agents.login, queues.name, queue_members.static, queue_members.started_at
FROM queue_members
JOIN agents ON agents.id = queue_members.agent_id
JOIN queues ON queues.id = queue_members.queue_id
WHERE coalesce(queue_members.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND queue_members.ended_at IS NULL
ORDER BY queue_members.id;
