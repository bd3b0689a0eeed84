-- The quarters of an hour of a past stretch with calls, per queue.
SELECT t.queue_id, t.quarter_at, t.offered, t.answered, t.handled, t.talk_ms + t.hold_ms + t.wrap_up_ms
FROM queues AS q CROSS JOIN queue_quarters AS t
WHERE t.queue_id = q.id AND t.quarter_at >= :starts_at AND t.quarter_at < :ends_at
ORDER BY t.queue_id, t.quarter_at;
