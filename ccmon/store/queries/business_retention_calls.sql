-- Retention calls of a stretch as they were at a moment: customer, entry, direction, whether the customer stayed
-- (disposition "kept", or an order on the call), and the revenue of those orders.
SELECT customer_id, entered_at, direction, kept OR revenue_cents IS NOT NULL, coalesce(revenue_cents, 0)
FROM (
    SELECT coalesce(c.customer_id, -c.id) AS customer_id, c.entered_at, c.direction,
        coalesce(c.ended_at <= :at, 0) AND lower(c.disposition) IS 'kept' AS kept,
        (SELECT sum(iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0))
         FROM sales AS s, site
         WHERE s.call_id = c.id AND s.sold_at <= :at
             AND (s.cancelled_at IS NULL OR s.cancelled_at > :at)) AS revenue_cents
    FROM calls AS c INDEXED BY calls_by_entry LEFT JOIN queues AS q ON q.id = c.queue_id
        LEFT JOIN campaigns AS m ON m.id = c.campaign_id
    WHERE c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.answered_at <= :at
        AND coalesce(q.purpose, m.purpose) = 'retention' AND (c.direction = 'inbound' OR c.right_party IS 1)
        AND (c.outcome IS NOT 'unknown' OR c.ended_at > :at)
);
