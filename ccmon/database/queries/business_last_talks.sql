-- Customers to whom a call was promised and not yet made at a moment, and when they last talked with the centre.
SELECT f.customer_id, max(c.served_at)
FROM (
    SELECT customer_id, created_at FROM follow_ups WHERE done_at IS NULL AND due_at < :day_starts_at
    UNION SELECT customer_id, created_at FROM follow_ups WHERE done_at > :at
    UNION SELECT customer_id, created_at FROM follow_ups
    WHERE id IN (SELECT subject_id FROM audit WHERE subject = 'follow_up' AND acted_at > :at)
) AS f CROSS JOIN calls AS c
WHERE f.created_at <= :at AND c.customer_id = f.customer_id AND c.entered_at >= f.created_at AND c.served_at <= :at
GROUP BY f.customer_id;
