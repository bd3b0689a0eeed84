-- Customers to whom a call was promised and not yet made at a moment, and when they last talked with the centre.
SELECT f.customer_id, max(c.answered_at)
FROM follow_ups AS f JOIN calls AS c ON c.customer_id = f.customer_id AND c.entered_at >= f.created_at
WHERE (f.done_at IS NULL OR f.done_at > :at) AND f.created_at <= :at AND f.due_at < :day_starts_at AND c.answered_at <= :at
GROUP BY f.customer_id;
