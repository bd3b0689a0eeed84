-- Customers whom a call of a retention campaign reached in a stretch, as far as it was known at a moment, and when.
SELECT c.customer_id, c.entered_at
FROM campaigns AS m CROSS JOIN calls AS c
WHERE m.purpose = 'retention' AND c.campaign_id = m.id AND c.right_party = 1 AND c.entered_at >= :since
    AND c.entered_at < :until AND c.served_at <= :at AND c.direction = 'outbound' AND c.customer_id IS NOT NULL;
