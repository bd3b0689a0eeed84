-- A membership as another source left it, where this one says that it began.
UPDATE queue_members SET ended_at = max(started_at, ?3) WHERE queue_id = ?1 AND agent_id = ?2 AND ended_at IS NULL;
