-- When agents are to work on some business days, by the wall clock since the day's start, and on how many of the days.
-- Stretches that are a kind of pause are left out.
WITH days AS MATERIALIZED (
    SELECT starts_at, ends_at, 86400000 - (ends_at - starts_at) AS put_on FROM business_days
    WHERE starts_at IN (SELECT value FROM json_each(:days))
)
SELECT s.agent_id, s.starts_at - d.starts_at + d.put_on, s.ends_at - d.starts_at + d.put_on, count(*)
FROM days AS d CROSS JOIN shifts AS s
WHERE s.starts_at >= d.starts_at AND s.starts_at < d.ends_at
    AND NOT EXISTS (SELECT 1 FROM pause_reasons AS p WHERE lower(p.reason) = lower(s.activity))
GROUP BY 1, 2, 3;
