-- As business_contacts.sql, of one customer in so many: found by customer, for too many calls to look at all.
SELECT c.source, c.call_id, c.customer_id, c.caller, c.entered_at, iif(c.ended_at <= :at, c.ended_at, NULL),
    coalesce(c.served_at <= :at, 0),
    (SELECT r.reason_id FROM call_reasons AS r WHERE r.call_id = c.id AND r.is_primary = 1 AND c.ended_at <= :at),
    c.queue_id, c.agent_id
FROM customers AS u CROSS JOIN calls AS c INDEXED BY calls_by_customer
WHERE u.id % :one_in = 0 AND c.customer_id = u.id AND c.entered_at >= :since AND c.entered_at < :until
    AND c.entered_at <= :at AND c.direction = 'inbound'
ORDER BY c.source, c.call_id, c.visit;
