-- Queues and business days that have visits but no targets.
SELECT DISTINCT c.queue_id, d.starts_at
FROM business_days AS d
JOIN calls AS c ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
JOIN queues AS q ON q.id = c.queue_id
WHERE c.direction = 'inbound' AND c.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days AS t WHERE t.queue_id = c.queue_id AND t.day_at = d.starts_at)
ORDER BY 1, 2
