-- One row an agent and queue known, at a moment, to log in and out by themselves.
-- What another followed source says is that one's to go on with.
SELECT DISTINCT agents.login, queues.name
FROM queue_members
JOIN agents ON agents.id = queue_members.agent_id
JOIN queues ON queues.id = queue_members.queue_id
WHERE coalesce(queue_members.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND queue_members.static = 0 AND queue_members.started_at <= :at;
