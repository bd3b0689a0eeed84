-- Who was paused in which queue at a moment.
SELECT queue_id, agent_id, reason, started_at FROM queue_pauses
WHERE started_at <= :at AND (ended_at IS NULL OR ended_at > :at);
