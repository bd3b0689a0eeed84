-- How the promised calls of a stretch came out, by owner, kind, hour of the wall clock since the day's start, and whether
-- the owner was to work then (1), to pause (0), or not to be there (-1): those not done in time, and all.
SELECT agent_id, kind, hour, planned, sum(late), count(*)
FROM (
    SELECT f.agent_id, f.kind, (f.promised_at - d.starts_at + 86400000 - (d.ends_at - d.starts_at)) / 3600000 AS hour,
        coalesce((
            SELECT iif(s.ends_at <= f.promised_at, -1,
                NOT EXISTS (SELECT 1 FROM pause_reasons AS p WHERE lower(p.reason) = lower(s.activity)))
            FROM shifts AS s WHERE s.agent_id = f.agent_id AND s.starts_at <= f.promised_at
            ORDER BY s.starts_at DESC LIMIT 1), -1) AS planned,
        f.done_at IS NULL OR f.done_at > f.promised_at + :grace_ms AS late
    FROM business_days AS d CROSS JOIN follow_ups AS f
    WHERE d.starts_at >= :since AND d.starts_at < :until AND f.promised_at >= d.starts_at AND f.promised_at < d.ends_at
        AND f.outcome IS NOT 'cancelled'
)
GROUP BY agent_id, kind, hour, planned;
