-- The orders of the business day known at a moment: whether cancelled by then, and whether the customer's first ever.
SELECT s.agent_id, s.campaign_id, s.call_id, c.direction, s.customer_id, s.amount_cents,
    iif(s.currency IS NULL OR s.currency IS site.currency, NULL, s.currency),
    s.cancelled_at IS NOT NULL AND s.cancelled_at <= :at,
    s.customer_id IS NOT NULL AND (s.cancelled_at IS NULL OR s.cancelled_at > :at) AND NOT EXISTS (
        SELECT 1 FROM sales AS e
        WHERE e.customer_id = s.customer_id AND (e.sold_at < s.sold_at OR (e.sold_at = s.sold_at AND e.id < s.id))
            AND (e.cancelled_at IS NULL OR e.cancelled_at > :at))
FROM site CROSS JOIN sales AS s LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.sold_at >= :day_starts_at AND s.sold_at < :day_ends_at AND s.sold_at <= :at
ORDER BY s.sold_at, s.id;
