-- Each campaign's finished days from a moment on by weekday (0 is Sunday): days, sales calls, sales.
SELECT CAST(strftime('%w', d.date) AS INTEGER), a.campaign_id, count(*), sum(a.sales_calls), sum(a.sales)
FROM business_days AS d CROSS JOIN campaign_days AS a
WHERE d.starts_at >= :since AND d.starts_at < :day_starts_at AND a.day_at = d.starts_at
GROUP BY 1, 2;
