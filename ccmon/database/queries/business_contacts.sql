-- Inbound visits that entered in a stretch, as they were at a moment, in order of the phone call: customer, number,
-- start, end, whether answered, the noted reason, queue and agent. Of one customer in so many.
SELECT c.source, c.call_id, c.customer_id, c.caller, c.entered_at, iif(c.ended_at <= :at, c.ended_at, NULL),
    coalesce(c.served_at <= :at, 0),
    (SELECT r.reason_id FROM call_reasons AS r WHERE r.call_id = c.id AND r.is_primary = 1 AND c.ended_at <= :at),
    c.queue_id, c.agent_id
FROM calls AS c INDEXED BY calls_by_entry
WHERE c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.direction = 'inbound'
    AND (:one_in = 1 OR coalesce(c.customer_id, CAST(substr(c.caller, -6) AS INTEGER)) % :one_in = 0)
ORDER BY c.source, c.call_id, c.visit;
