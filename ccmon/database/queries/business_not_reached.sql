-- Customers called twice or more in a stretch and never reached, who have bought or called before: the attempts, the
-- last of them and its agent. Who has talked with the centre since the first attempt is not among them.
SELECT a.customer_id, u.name, u.phone, a.attempts, a.last_at, a.agent_id
FROM (
    SELECT customer_id, count(*) AS attempts, min(entered_at) AS first_at, max(entered_at) AS last_at, agent_id,
        sum(coalesce(served_at <= :at, 0) AND right_party IS NOT 0) AS reached
    FROM calls
    WHERE entered_at >= :since AND entered_at <= :at AND direction = 'outbound' AND customer_id IS NOT NULL
    GROUP BY customer_id
    HAVING count(*) >= 2
) AS a JOIN customers AS u ON u.id = a.customer_id
WHERE a.reached = 0
    AND NOT EXISTS (
        SELECT 1 FROM calls AS c
        WHERE c.customer_id = a.customer_id AND c.entered_at >= a.first_at
            AND c.direction = 'inbound' AND c.served_at <= :at)
    AND (EXISTS (SELECT 1 FROM sales AS s WHERE s.customer_id = a.customer_id AND s.sold_at < a.first_at)
        OR EXISTS (
            SELECT 1 FROM calls AS c
            WHERE c.customer_id = a.customer_id AND c.entered_at < a.first_at AND c.direction = 'inbound'))
ORDER BY a.last_at DESC, a.customer_id;
