-- The targets of each queue as they were at the first call of a business day.
SELECT t.queue_id, t.service_level_threshold_ms, t.service_level_target, t.short_abandon_ms
FROM queues AS q CROSS JOIN queue_days AS t
WHERE t.queue_id = q.id AND t.day_at = :day_starts_at;
