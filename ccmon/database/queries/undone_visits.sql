-- Each visit and outbound attempt of the business day that had started by a moment, as it was then.
SELECT direction, queue_id, campaign_id, iif(served_at <= :at, agent_id, NULL), entered_at,
    iif(answered_at <= :at, answered_at, NULL), iif(ended_at <= :at, ended_at, NULL),
    iif(wrapped_up_at <= :at, wrapped_up_at, NULL), wrapping_up IS 1 OR wrapped_up_at > :at, coalesce(hold_ms, 0),
    iif(ended_at > :at, NULL, outcome), (ended_at IS NULL OR ended_at <= :at) AND right_party IS 1,
    coalesce(served_at <= :at, 0)
FROM calls
WHERE entered_at >= :day_starts_at AND entered_at < :day_ends_at AND entered_at <= :at;
