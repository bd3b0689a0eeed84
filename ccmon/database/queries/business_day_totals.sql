-- The finished business days from a moment on, the latest first: sales calls, sales, handled calls and the time they
-- took, and who handled any, inbound and outbound. Grouped by days of its own: four times as fast as by those joined.
WITH days AS MATERIALIZED (
    SELECT starts_at, date FROM business_days WHERE starts_at >= :since AND starts_at < :day_starts_at
)
SELECT d.date, sum(a.sales_calls), sum(a.sales), sum(a.inbound),
    sum(a.inbound_talk_ms + a.inbound_hold_ms + a.inbound_wrap_up_ms), sum(a.agent_id > 0 AND a.inbound > 0),
    sum(a.outbound), sum(a.outbound_talk_ms + a.outbound_hold_ms + a.outbound_wrap_up_ms),
    sum(a.agent_id > 0 AND a.outbound > 0)
FROM days AS d CROSS JOIN agent_days AS a
WHERE a.day_at = d.starts_at
GROUP BY d.starts_at
ORDER BY d.starts_at DESC;
