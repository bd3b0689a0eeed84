-- Customers of the retention calls of a stretch who stayed, by what was known at a moment (disposition "kept", or an order
-- on the call), and the revenue of those orders.
SELECT count(DISTINCT coalesce(c.customer_id, -c.id)), coalesce(sum(found.cents), 0)
FROM (
    SELECT id, 0 AS cents FROM calls
    WHERE lower(disposition) = 'kept' AND entered_at >= :since AND entered_at < :until AND ended_at <= :at
    UNION ALL
    SELECT s.call_id, iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0)
    FROM site CROSS JOIN sales AS s
    WHERE s.sold_at >= :since AND s.sold_at <= :at AND s.call_id IS NOT NULL
        AND (s.cancelled_at IS NULL OR s.cancelled_at > :at)
) AS found CROSS JOIN calls AS c ON c.id = found.id
    LEFT JOIN queues AS q ON q.id = c.queue_id LEFT JOIN campaigns AS m ON m.id = c.campaign_id
WHERE c.entered_at >= :since AND c.entered_at < :until AND c.served_at <= :at
    AND coalesce(q.purpose, m.purpose) = 'retention' AND (c.direction = 'inbound' OR c.right_party IS 1);
