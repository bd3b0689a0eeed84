-- A queue's quarters of an hour of the business day, by entry.
SELECT queue_id, quarter_at, offered, answered, answered_in_threshold, abandoned, short_abandoned, timed_out, no_agents,
    diverted, unknown, answered_wait_ms, abandoned_wait_ms, handled, talk_ms, hold_ms, wrap_up_ms, cut_off,
    answered_without_wait
FROM queue_quarters
WHERE queue_id = :queue_id AND quarter_at >= :day_starts_at AND quarter_at < :day_ends_at
ORDER BY quarter_at;
