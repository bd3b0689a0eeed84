-- Each campaign's sales calls and contacts from a moment to the start of the business day.
SELECT campaign_id, sum(sales_calls), sum(contacts)
FROM campaign_days WHERE day_at >= :since AND day_at < :day_starts_at
GROUP BY campaign_id;
