-- Each campaign's orders from a moment to the start of the business day that stood at a moment; the last
-- columns: those that are a customer's first ever, and the sum of the squares of the amounts.
SELECT s.campaign_id, count(DISTINCT s.call_id) + sum(s.call_id IS NULL), count(*),
    sum(iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0)),
    sum(s.customer_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM sales AS e
        WHERE e.customer_id = s.customer_id AND (e.sold_at < s.sold_at OR (e.sold_at = s.sold_at AND e.id < s.id))
            AND (e.cancelled_at IS NULL OR e.cancelled_at > :at))),
    total(iif(s.currency IS NULL OR s.currency IS site.currency, 1.0 * s.amount_cents * s.amount_cents, 0))
FROM site CROSS JOIN sales AS s
WHERE s.sold_at >= :since AND s.sold_at < :day_starts_at AND (s.cancelled_at IS NULL OR s.cancelled_at > :at)
    AND s.campaign_id IS NOT NULL
GROUP BY s.campaign_id;
