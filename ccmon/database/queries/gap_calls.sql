-- One row a visit of this source that was open at a moment or had ended lately; those of one call in order.
SELECT calls.id, calls.call_id, calls.visit, calls.direction, queues.name, campaigns.name, calls.caller,
       calls.caller_name, agents.login, calls.entered_at, calls.answered_at, calls.ended_at, calls.outcome,
       calls.ended_by, calls.hold_ms, calls.wrapping_up, calls.wrapped_up_at, calls.disposition, calls.right_party
FROM calls
LEFT JOIN queues ON queues.id = calls.queue_id
LEFT JOIN campaigns ON campaigns.id = calls.campaign_id
LEFT JOIN agents ON agents.id = calls.agent_id
WHERE calls.source = :source
  AND calls.entered_at <= :at
  AND (calls.ended_at IS NULL OR calls.ended_at >= :ended_since)
ORDER BY calls.visit, calls.id;
