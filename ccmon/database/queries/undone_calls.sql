-- Calls in a queue that had not ended at a moment: waiting, or (answered_at set) talking.
SELECT c.queue_id, c.entered_at, iif(c.answered_at <= :at, c.answered_at, NULL), c.caller, coalesce(u.name, c.caller_name)
FROM calls AS c LEFT JOIN customers AS u ON u.id = c.customer_id
WHERE c.entered_at >= :open_since AND c.entered_at <= :at AND c.direction = 'inbound' AND c.queue_id IS NOT NULL
    AND (c.ended_at > :at OR (c.ended_at IS NULL AND c.outcome IS NOT 'unknown' AND c.outcome IS NOT 'blocked'))
    AND (c.answered_at IS NOT NULL OR c.outcome IS NOT 'blocked')
ORDER BY c.entered_at, c.id;
