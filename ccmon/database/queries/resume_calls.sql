-- One row a visit of this source that is open, ended lately or is what an agent does now; those of one call in order.
SELECT calls.id, calls.call_id, calls.visit, calls.direction, queues.name, campaigns.name, calls.caller,
       calls.caller_name, agents.login, calls.entered_at, calls.answered_at, calls.ended_at, calls.outcome,
       calls.ended_by, calls.hold_ms, calls.wrapping_up, calls.wrapped_up_at, calls.disposition, calls.right_party
FROM calls
LEFT JOIN queues ON queues.id = calls.queue_id
LEFT JOIN campaigns ON campaigns.id = calls.campaign_id
LEFT JOIN agents ON agents.id = calls.agent_id
WHERE calls.source = :source
  AND calls.id IN (
    SELECT id FROM calls WHERE ended_at IS NULL
    UNION
    SELECT id FROM calls WHERE entered_at >= :entered_since AND ended_at >= :ended_since
    UNION
    SELECT call_id FROM agent_states WHERE ended_at IS NULL
  )
ORDER BY calls.visit, calls.id;
