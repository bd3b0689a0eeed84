-- A state of an agent that reaches into a talk nobody knew of.
UPDATE agent_states
SET started_at = :ended_at
WHERE agent_id = :agent_id AND call_id IS NOT :call_id AND started_at >= :until AND started_at < :ended_at
  AND (ended_at IS NULL OR ended_at > :ended_at);
