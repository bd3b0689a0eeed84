-- Who serves which queue now.
SELECT queue_id, agent_id FROM queue_members WHERE ended_at IS NULL ORDER BY queue_id, agent_id;
