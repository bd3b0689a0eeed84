-- Each queue's sums over the business day, and a number that changes when anything moves between its quarters.
SELECT t.queue_id, sum(t.offered), sum(t.answered), sum(t.answered_in_threshold), sum(t.abandoned),
    sum(t.short_abandoned), sum(t.timed_out), sum(t.no_agents), sum(t.diverted), sum(t.unknown),
    sum(t.answered_wait_ms), sum(t.abandoned_wait_ms), sum(t.handled), sum(t.talk_ms), sum(t.hold_ms), sum(t.wrap_up_ms),
    sum((t.quarter_at / 900000 % 1021) * (t.offered + 3 * t.answered + 7 * t.answered_in_threshold + 11 * t.abandoned
        + 13 * t.short_abandoned + 17 * t.timed_out + 19 * t.no_agents + 23 * t.handled + 29 * t.talk_ms))
FROM queues AS q CROSS JOIN queue_quarters AS t
WHERE t.queue_id = q.id AND t.quarter_at >= :day_starts_at AND t.quarter_at < :day_ends_at
GROUP BY t.queue_id;
