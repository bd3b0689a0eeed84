-- What an agent was and did between two moments: memberships, pauses in a queue, and wrap-ups of calls.
SELECT 'member' AS what, queues.name, NULL AS reason, m.started_at, m.ended_at
FROM queue_members AS m JOIN queues ON queues.id = m.queue_id
WHERE m.agent_id = :agent_id AND (:ends_at IS NULL OR m.started_at < :ends_at)
UNION ALL
SELECT 'pause', queues.name, p.reason, p.started_at, p.ended_at
FROM queue_pauses AS p JOIN queues ON queues.id = p.queue_id
WHERE p.agent_id = :agent_id AND (:ends_at IS NULL OR p.started_at < :ends_at)
    AND (p.ended_at IS NULL OR p.ended_at > :starts_at)
UNION ALL
SELECT 'wrap_up', c.id, NULL, c.ended_at, c.wrapped_up_at
FROM calls AS c
WHERE c.agent_id = :agent_id AND c.entered_at >= :starts_at - 86400000 AND c.wrapped_up_at > :starts_at
    AND (:ends_at IS NULL OR c.ended_at < :ends_at)
ORDER BY 4;
