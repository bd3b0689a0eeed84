-- Moments of some customers' orders before the business day that stood at a moment.
SELECT s.customer_id, s.sold_at
FROM json_each(:customers) AS j JOIN sales AS s ON s.customer_id = j.value
WHERE s.sold_at < :day_starts_at AND (s.cancelled_at IS NULL OR s.cancelled_at > :at);
