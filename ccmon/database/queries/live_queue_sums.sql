-- Each queue's sums over the business day.
SELECT t.queue_id, sum(t.offered), sum(t.answered), sum(t.answered_in_threshold), sum(t.abandoned),
    sum(t.short_abandoned), sum(t.timed_out), sum(t.no_agents), sum(t.diverted), sum(t.unknown),
    sum(t.answered_wait_ms), sum(t.abandoned_wait_ms), sum(t.handled), sum(t.talk_ms), sum(t.hold_ms), sum(t.wrap_up_ms),
    sum(t.cut_off), sum(t.answered_without_wait)
FROM queues AS q CROSS JOIN queue_quarters AS t
WHERE t.queue_id = q.id AND t.quarter_at >= :day_starts_at AND t.quarter_at < :day_ends_at
GROUP BY t.queue_id;
