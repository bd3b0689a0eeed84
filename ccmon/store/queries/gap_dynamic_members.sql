-- One row an agent and queue known, at a moment, to log in and out by themselves.
SELECT DISTINCT agents.login, queues.name
FROM queue_members
JOIN agents ON agents.id = queue_members.agent_id
JOIN queues ON queues.id = queue_members.queue_id
WHERE queue_members.static = 0 AND queue_members.started_at <= :at;
