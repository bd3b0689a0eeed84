-- Who some customers are, and the agent who sold to them first.
SELECT u.id, u.name, u.phone, (
    SELECT s.agent_id FROM sales AS s
    WHERE s.customer_id = u.id AND (s.cancelled_at IS NULL OR s.cancelled_at > :at) ORDER BY s.sold_at, s.id LIMIT 1)
FROM json_each(:customers) AS j JOIN customers AS u ON u.id = j.value;
