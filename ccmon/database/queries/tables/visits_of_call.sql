-- The visits of a call, the one that was answered last before the others.
SELECT id, agent_id, customer_id, campaign_id, entered_at, answered_at FROM calls
WHERE source = ? AND call_id = ?
ORDER BY answered_at IS NULL, visit DESC;
