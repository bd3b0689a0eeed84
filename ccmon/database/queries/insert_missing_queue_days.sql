-- Give each queue and business day with visits in [:first_at, :last_at) the queue's present targets, where it has none.
INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
SELECT DISTINCT q.id, d.starts_at, q.service_level_threshold_ms, q.service_level_target, q.short_abandon_ms
FROM calls AS c
JOIN queues AS q ON q.id = c.queue_id
CROSS JOIN business_days AS d
    ON d.starts_at = (SELECT max(starts_at) FROM business_days WHERE starts_at <= c.entered_at) AND c.entered_at < d.ends_at
WHERE c.entered_at >= :first_at AND c.entered_at < :last_at
    AND c.direction = 'inbound' AND c.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days AS t WHERE t.queue_id = c.queue_id AND t.day_at = d.starts_at);
