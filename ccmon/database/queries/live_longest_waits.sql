-- The longest finished wait of the business day per queue, in whole seconds.
SELECT q.id, (SELECT max(w.wait_s) FROM wait_histogram AS w WHERE w.queue_id = q.id AND w.day_at = :day_starts_at)
FROM queues AS q;
