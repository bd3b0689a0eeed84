-- A follow-up by its number, else by the site's own reference.
SELECT f.id, f.agent_id, coalesce(a.name, a.login), u.name, f.kind, f.created_at, f.due_at, f.promised_at, f.done_at,
    f.outcome, f.note
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.id = :number OR f.reference = :name
ORDER BY f.id = :number DESC LIMIT 1;
