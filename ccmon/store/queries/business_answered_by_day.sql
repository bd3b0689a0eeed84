-- Answered calls of the finished business days from a moment on, the latest first.
SELECT d.starts_at, d.ends_at, sum(t.answered)
FROM business_days AS d CROSS JOIN queues AS q CROSS JOIN queue_quarters AS t
WHERE d.starts_at >= :since AND d.starts_at < :day_starts_at AND t.queue_id = q.id AND t.quarter_at >= d.starts_at
    AND t.quarter_at < d.ends_at
GROUP BY d.starts_at
ORDER BY d.starts_at DESC;
