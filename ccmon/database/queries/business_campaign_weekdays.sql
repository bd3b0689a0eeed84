-- Each campaign's finished days from a moment on by weekday (0 is Sunday): days, sales calls, sales.
WITH days AS MATERIALIZED (
    SELECT starts_at, CAST(strftime('%w', date) AS INTEGER) AS weekday FROM business_days
    WHERE starts_at >= :since AND starts_at < :day_starts_at
)
SELECT d.weekday, a.campaign_id, count(*), sum(a.sales_calls), sum(a.sales)
FROM days AS d CROSS JOIN campaign_days AS a
WHERE a.day_at = d.starts_at
GROUP BY d.weekday, a.campaign_id;
