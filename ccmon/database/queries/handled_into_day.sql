-- Calls that entered before the business day and were handled in it by a moment: whose, and when.
SELECT agent_id, answered_at, ended_at, coalesce(wrapped_up_at, ended_at), coalesce(hold_ms, 0)
FROM calls INDEXED BY calls_by_entry
WHERE entered_at >= :day_starts_at - :max_open_ms AND entered_at < :day_starts_at AND handled AND agent_id IS NOT NULL
    AND coalesce(wrapped_up_at, ended_at) > :day_starts_at AND coalesce(wrapped_up_at, ended_at) <= :at;
