-- States of an agent that lie within a talk nobody knew of.
DELETE FROM agent_states
WHERE agent_id = :agent_id AND call_id IS NOT :call_id AND started_at >= :until AND ended_at <= :ended_at;
