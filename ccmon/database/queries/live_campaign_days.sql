-- Each campaign's totals of the business day.
SELECT campaign_id, attempts, contacts, sales_calls, converted, sales, revenue_cents
FROM campaign_days WHERE day_at = :day_starts_at;
