-- Queues and business days that have visits but no targets.
SELECT DISTINCT c.queue_id, d.starts_at
FROM calls AS c
JOIN queues AS q ON q.id = c.queue_id
CROSS JOIN business_days AS d
    ON d.starts_at = (SELECT max(starts_at) FROM business_days WHERE starts_at <= c.entered_at) AND c.entered_at < d.ends_at
WHERE c.direction = 'inbound' AND c.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days AS t WHERE t.queue_id = c.queue_id AND t.day_at = d.starts_at)
ORDER BY 1, 2;
