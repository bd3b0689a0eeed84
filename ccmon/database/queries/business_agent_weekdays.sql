-- Each agent's finished days from a moment on by weekday (0 is Sunday): days, sales calls, sales, handled calls and the
-- time they took, inbound and outbound.
WITH days AS MATERIALIZED (
    SELECT starts_at, CAST(strftime('%w', date) AS INTEGER) AS weekday FROM business_days
    WHERE starts_at >= :since AND starts_at < :day_starts_at
)
SELECT d.weekday, a.agent_id, count(*), sum(a.sales_calls), sum(a.sales), sum(a.inbound),
    sum(a.inbound_talk_ms + a.inbound_hold_ms + a.inbound_wrap_up_ms), sum(a.outbound),
    sum(a.outbound_talk_ms + a.outbound_hold_ms + a.outbound_wrap_up_ms)
FROM days AS d CROSS JOIN agent_days AS a
WHERE a.day_at = d.starts_at
GROUP BY d.weekday, a.agent_id;
