-- The newest moment by then: of anything, and of what a switch tells; 0 for nothing.
WITH told (at) AS (
    SELECT max(coalesce((SELECT max(entered_at) FROM calls WHERE entered_at <= :at), 0),
        coalesce((SELECT max(started_at) FROM agent_states WHERE started_at <= :at), 0)))
SELECT max(at, coalesce((SELECT max(sold_at) FROM sales WHERE sold_at <= :at), 0)), at
FROM told;
