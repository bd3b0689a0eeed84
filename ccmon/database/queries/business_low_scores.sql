-- Bad answers on satisfaction given in the business day, the latest first, of customers who have since neither talked
-- with anybody nor been promised a call.
SELECT s.customer_id, coalesce(u.name, c.caller_name), coalesce(u.phone, c.caller), c.queue_id,
    coalesce(s.agent_id, c.agent_id), s.score, s.scale, s.comment, s.answered_at
FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
    LEFT JOIN customers AS u ON u.id = coalesce(s.customer_id, c.customer_id)
WHERE s.answered_at >= :day_starts_at AND s.answered_at < :day_ends_at AND s.answered_at <= :at
    AND s.question = 'satisfaction' AND s.score * 3 <= s.scale
    AND NOT EXISTS (
        SELECT 1 FROM follow_ups AS f
        WHERE f.customer_id = u.id AND f.created_at <= :at AND (f.created_at >= s.answered_at OR f.call_id = s.call_id))
    AND NOT EXISTS (
        SELECT 1 FROM calls AS l
        WHERE l.customer_id = u.id AND l.entered_at >= s.answered_at AND l.served_at <= :at)
ORDER BY s.answered_at DESC, s.id DESC;
