-- Answered and handled calls of each queue in a stretch, and the time the handled ones took.
SELECT t.queue_id, sum(t.answered), sum(t.handled), sum(t.talk_ms + t.hold_ms + t.wrap_up_ms)
FROM queues AS q CROSS JOIN queue_quarters AS t
WHERE t.queue_id = q.id AND t.quarter_at >= :since AND t.quarter_at < :until
GROUP BY t.queue_id;
