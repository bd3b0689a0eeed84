-- Sales calls (metrics.md 8.2) of some finished business days by day, agent, campaign and quarter of an hour of the wall
-- clock since the day's start. On a day on which the clocks change, quarters are counted from its end. Of one in so many.
WITH days AS MATERIALIZED (
    SELECT starts_at, ends_at, 86400000 - (ends_at - starts_at) AS put_on FROM business_days
    WHERE starts_at IN (SELECT value FROM json_each(:days))
)
SELECT d.starts_at, c.agent_id, iif(c.direction = 'outbound', c.campaign_id, NULL), (c.entered_at - d.starts_at + d.put_on) / 900000, count(*)
FROM days AS d CROSS JOIN calls AS c INDEXED BY calls_by_entry LEFT JOIN queues AS q ON q.id = c.queue_id
WHERE c.entered_at >= d.starts_at AND c.entered_at < d.ends_at AND c.id % :one_in = 0 AND c.class = 'answered'
    AND iif(c.direction = 'inbound', q.purpose IS 'sales', c.right_party IS 1)
GROUP BY 1, 2, 3, 4;
