-- Who is paused in which queue now.
SELECT queue_id, agent_id, reason, started_at FROM queue_pauses WHERE ended_at IS NULL;
