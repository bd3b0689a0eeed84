-- The newest moments up to :until that an index finds at once: of anything; of what a switch tells, 0 for nothing.
WITH told (at) AS (
    SELECT max(coalesce((SELECT max(entered_at) FROM calls WHERE entered_at <= :until), 0),
        coalesce((SELECT max(started_at) FROM agent_states WHERE started_at <= :until), 0),
        coalesce((SELECT max(last_record_at) FROM sources WHERE last_record_at <= :until), 0),
        coalesce((SELECT max(missed_at) FROM missed_calls WHERE missed_at <= :until), 0)))
SELECT max(at, coalesce((SELECT max(sold_at) FROM sales WHERE sold_at <= :until), 0),
    coalesce((SELECT max(answered_at) FROM surveys WHERE answered_at <= :until), 0),
    coalesce((SELECT max(done_at) FROM follow_ups WHERE done_at <= :until), 0)), at
FROM told;
