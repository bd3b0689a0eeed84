-- The agent moves a call back: what stood before, so that an earlier moment can be shown as it was.
INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after, reason)
SELECT ?3, coalesce(a.login, 'nobody'), 'moved', 'follow_up', f.id, json_object('due_at', f.due_at),
    json_object('due_at', ?2), 'by the agent'
FROM follow_ups AS f LEFT JOIN agents AS a ON a.id = f.agent_id
WHERE f.id = ?1;
