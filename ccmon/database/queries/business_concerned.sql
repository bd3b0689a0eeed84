-- Customers of the answered inbound calls of the business day by noted reason, the latest first.
SELECT r.reason_id, c.customer_id, u.name, coalesce(u.phone, c.caller), count(*), max(c.entered_at), c.agent_id
FROM calls AS c INDEXED BY calls_by_entry
    JOIN call_reasons AS r ON r.call_id = c.id AND r.is_primary = 1 JOIN customers AS u ON u.id = c.customer_id
WHERE c.entered_at >= :day_starts_at AND c.entered_at < :day_ends_at AND c.entered_at <= :at AND c.direction = 'inbound'
    AND c.served_at <= :at AND c.ended_at <= :at
GROUP BY r.reason_id, c.customer_id
ORDER BY max(c.entered_at) DESC;
