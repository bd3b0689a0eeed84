-- Follow-ups that were open at a moment and due before the end of the business day, the oldest first.
SELECT f.id, u.name, f.agent_id, f.kind, f.due_at, f.promised_at, f.note
FROM follow_ups AS f LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.created_at <= :at AND f.due_at < :day_ends_at AND (f.done_at > :at OR (f.done_at IS NULL AND f.outcome IS NULL))
ORDER BY f.due_at, f.id;
