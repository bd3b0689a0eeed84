-- Answered inbound calls of a stretch by half hours from its start and reason noted by their end (NULL: none), as they
-- were at a moment.
SELECT (entered_at - :since) / 1800000, reason_id, count(*)
FROM (
    SELECT c.entered_at, (
        SELECT r.reason_id FROM call_reasons AS r
        WHERE r.call_id = c.id AND r.is_primary = 1 AND c.ended_at <= :at) AS reason_id
    FROM calls AS c INDEXED BY calls_by_entry
    WHERE c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.direction = 'inbound'
        AND c.served_at <= :at
)
GROUP BY 1, 2;
