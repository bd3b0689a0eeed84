-- Customers who have called about problems twice or more in a stretch, the last time not before a later moment, with no
-- follow-up promised since the first of these calls.
SELECT p.customer_id, u.name, u.phone, p.problems, p.last_at, p.agent_id
FROM (
    SELECT c.customer_id, count(DISTINCT c.source || ' ' || c.call_id) AS problems, min(c.entered_at) AS first_at,
        max(c.entered_at) AS last_at, c.agent_id
    FROM (
        SELECT DISTINCT l.customer_id
        FROM calls AS l INDEXED BY calls_by_entry
            JOIN call_reasons AS r ON r.call_id = l.id AND r.is_primary = 1
            JOIN contact_reasons AS n ON n.id = r.reason_id AND n.is_problem = 1
        WHERE l.entered_at >= :lately AND l.entered_at <= :at AND l.direction = 'inbound' AND l.served_at <= :at
            AND l.ended_at <= :at AND l.customer_id IS NOT NULL
    ) AS lately CROSS JOIN calls AS c INDEXED BY calls_by_customer
        JOIN call_reasons AS r ON r.call_id = c.id AND r.is_primary = 1
        JOIN contact_reasons AS n ON n.id = r.reason_id AND n.is_problem = 1
    WHERE c.customer_id = lately.customer_id AND c.entered_at >= :since AND c.entered_at <= :at
        AND c.direction = 'inbound' AND c.served_at <= :at AND c.ended_at <= :at
    GROUP BY c.customer_id
) AS p JOIN customers AS u ON u.id = p.customer_id
WHERE p.problems >= 2
    AND NOT EXISTS (
        SELECT 1 FROM follow_ups AS f
        WHERE f.customer_id = p.customer_id AND f.created_at >= p.first_at AND f.created_at <= :at)
ORDER BY p.last_at DESC, p.customer_id;
