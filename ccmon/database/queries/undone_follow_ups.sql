-- Every follow-up that may have been open, done or promised in the business day at a moment, as it is now.
SELECT f.id, coalesce(u.name, c.caller_name), f.agent_id, f.kind, f.due_at, f.promised_at, f.note, f.customer_id,
    coalesce(u.phone, c.caller), f.done_at, f.outcome
FROM follow_ups AS f LEFT JOIN customers AS u ON u.id = f.customer_id LEFT JOIN calls AS c ON c.id = f.call_id
WHERE f.created_at <= :at AND (f.done_at IS NULL OR f.done_at >= :day_starts_at OR f.id IN (
        SELECT subject_id FROM audit WHERE subject = 'follow_up' AND acted_at > :at)
    OR (f.promised_at >= :day_starts_at AND f.promised_at < :day_ends_at))
ORDER BY f.due_at, f.id;
