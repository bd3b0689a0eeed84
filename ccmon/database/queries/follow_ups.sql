-- Follow-ups that a person lists and changes, and the audit of what they did.

-- name: follow_up
-- A follow-up by its number, else by the site's own reference.
SELECT f.id, f.agent_id, coalesce(a.name, a.login) AS owner, u.name AS customer, f.kind, f.created_at, f.due_at, f.promised_at, f.done_at,
    f.outcome, f.note
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.id = :number OR f.reference = :name
ORDER BY f.id = :number DESC LIMIT 1;

-- name: all_open_follow_ups
-- Open follow-ups, the soonest due first; only one agent's if given.
SELECT f.id, f.agent_id, coalesce(a.name, a.login) AS owner, u.name AS customer, f.kind, f.created_at, f.due_at, f.promised_at, f.done_at,
    f.outcome, f.note
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.done_at IS NULL AND f.outcome IS NULL AND (:agent_id IS NULL OR f.agent_id = :agent_id)
ORDER BY f.due_at, f.id;

-- name: changed_follow_ups
-- Follow-ups to which something has been done, last of all another act than one, the one changed last first.
SELECT f.id, f.agent_id, coalesce(a.name, a.login) AS owner, u.name AS customer, f.kind, f.created_at, f.due_at, f.promised_at, f.done_at,
    f.outcome, f.note
FROM (SELECT subject_id, act, row_number() OVER (PARTITION BY subject_id ORDER BY acted_at DESC, id DESC) AS place, acted_at, id
      FROM audit WHERE subject = 'follow_up') AS last
    JOIN follow_ups AS f ON f.id = last.subject_id
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE last.place = 1 AND last.act IS NOT :but_for
ORDER BY last.acted_at DESC, last.id DESC;

-- name: update_follow_up
-- A person's change to a follow-up.
UPDATE follow_ups SET agent_id = :agent_id, due_at = :due_at, promised_at = :promised_at, done_at = :done_at,
    outcome = :outcome, note = :note
WHERE id = :id;

-- name: audit_entries
-- What was done to one row, the oldest first.
SELECT id, acted_at, who, act, before AS before_json, after AS after_json, reason FROM audit
WHERE subject = :subject AND subject_id = :subject_id ORDER BY acted_at, id;

-- name: insert_audit_entry
-- What a person changed, before and after.
INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after, reason, undoes)
VALUES (:acted_at, :who, :act, :subject, :subject_id, :before, :after, :reason, :undoes);
