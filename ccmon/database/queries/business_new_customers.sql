-- Customers whose first order ever that stood at a moment lies in a stretch, and what they bought in it.
SELECT count(DISTINCT s.customer_id),
    coalesce(sum(iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0)), 0)
FROM site CROSS JOIN sales AS s
WHERE s.sold_at >= :since AND s.sold_at < :until AND s.customer_id IS NOT NULL
    AND (s.cancelled_at IS NULL OR s.cancelled_at > :at)
    AND NOT EXISTS (
        SELECT 1 FROM sales AS e
        WHERE e.customer_id = s.customer_id AND e.sold_at < :since
            AND (e.cancelled_at IS NULL OR e.cancelled_at > :at));
