-- Follow-ups that are open and due before the end of the business day, the oldest first.
SELECT f.id, coalesce(u.name, c.caller_name), f.agent_id, f.kind, f.due_at, f.promised_at, f.note, f.customer_id,
    coalesce(u.phone, c.caller)
FROM follow_ups AS f LEFT JOIN customers AS u ON u.id = f.customer_id LEFT JOIN calls AS c ON c.id = f.call_id
WHERE f.done_at IS NULL AND f.outcome IS NULL AND f.due_at < :day_ends_at
ORDER BY f.due_at, f.id;
