-- A page of customers with the moments (in minutes) of their orders before the business day that stood at a moment.
SELECT customer_id, group_concat(sold_at / 60000)
FROM sales
WHERE customer_id > :after AND sold_at < :day_starts_at AND (cancelled_at IS NULL OR cancelled_at > :at)
GROUP BY customer_id
ORDER BY customer_id
LIMIT :page;
