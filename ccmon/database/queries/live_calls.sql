-- Calls in a queue that have not ended: waiting, or (answered_at set) talking.
SELECT c.queue_id, c.entered_at, c.answered_at, c.caller, coalesce(u.name, c.caller_name)
FROM calls AS c INDEXED BY calls_open LEFT JOIN customers AS u ON u.id = c.customer_id
WHERE c.ended_at IS NULL AND c.entered_at >= :open_since AND c.direction = 'inbound' AND c.queue_id IS NOT NULL
    AND c.outcome IS NOT 'blocked' AND c.outcome IS NOT 'unknown'
ORDER BY c.entered_at, c.id;
