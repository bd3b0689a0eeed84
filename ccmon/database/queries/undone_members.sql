-- Who served which queue at a moment.
SELECT queue_id, agent_id FROM queue_members
WHERE started_at <= :at AND (ended_at IS NULL OR ended_at > :at)
ORDER BY queue_id, agent_id;
