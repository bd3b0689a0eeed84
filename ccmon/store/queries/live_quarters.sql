-- One row per queue and quarter of an hour of the business day, by entry.
SELECT t.queue_id, t.quarter_at, t.offered, t.answered, t.answered_in_threshold, t.abandoned, t.short_abandoned,
    t.timed_out, t.no_agents, t.diverted, t.unknown, t.answered_wait_ms, t.abandoned_wait_ms, t.handled, t.talk_ms,
    t.hold_ms, t.wrap_up_ms
FROM queues AS q CROSS JOIN queue_quarters AS t
WHERE t.queue_id = q.id AND t.quarter_at >= :day_starts_at AND t.quarter_at < :day_ends_at
ORDER BY t.queue_id, t.quarter_at;
