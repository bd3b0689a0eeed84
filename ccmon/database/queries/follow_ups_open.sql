-- Follow-ups that are open, the soonest due first; of one agent where one is named.
SELECT f.id, f.agent_id, coalesce(a.name, a.login), u.name, f.kind, f.created_at, f.due_at, f.promised_at, f.done_at,
    f.outcome, f.note
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.done_at IS NULL AND f.outcome IS NULL AND (:agent_id IS NULL OR f.agent_id = :agent_id)
ORDER BY f.due_at, f.id;
