-- The newest moments in the database that an index finds at once: of anything; of what a switch tells, 0 for nothing.
WITH told (at) AS (
    SELECT max(coalesce((SELECT max(entered_at) FROM calls), 0), coalesce((SELECT max(started_at) FROM agent_states), 0),
        coalesce((SELECT max(last_record_at) FROM sources), 0), coalesce((SELECT max(missed_at) FROM missed_calls), 0)))
SELECT max(at, coalesce((SELECT max(sold_at) FROM sales), 0), coalesce((SELECT max(answered_at) FROM surveys), 0),
    coalesce((SELECT max(done_at) FROM follow_ups WHERE done_at IS NOT NULL), 0)), at
FROM told;
