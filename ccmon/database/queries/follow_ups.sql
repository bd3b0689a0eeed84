-- Follow-ups that a person lists and changes, and the audit of what they did.

-- fragment: stored_follow_up
f.id, f.agent_id, coalesce(a.name, a.login) AS owner, u.name AS customer, f.kind, f.created_at, f.due_at, f.promised_at,
    f.done_at, f.outcome, f.note, f.reference, u.reference AS customer_reference, u.phone

-- name: follow_up
-- A follow-up by its number, else by the site's own reference.
SELECT {stored_follow_up}
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.id = :number OR f.reference = :name
ORDER BY f.id = :number DESC LIMIT 1;

-- name: all_open_follow_ups
-- Open follow-ups, the soonest due first; only one agent's if given.
SELECT {stored_follow_up}
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.done_at IS NULL AND f.outcome IS NULL AND (:agent_id IS NULL OR f.agent_id = :agent_id)
ORDER BY f.due_at, f.id;

-- name: other_open_follow_ups
-- Open follow-ups for the customer of one follow-up, but that one, the soonest due first.
SELECT {stored_follow_up}
FROM follow_ups AS f
    LEFT JOIN agents AS a ON a.id = f.agent_id
    LEFT JOIN customers AS u ON u.id = f.customer_id
WHERE f.customer_id = (SELECT customer_id FROM follow_ups WHERE id = :id) AND f.id <> :id AND f.done_at IS NULL
    AND f.outcome IS NULL
ORDER BY f.due_at, f.id;

-- name: changed_follow_ups
-- Follow-ups to which something has been done, last of all another act than one, the one changed last first.
SELECT {stored_follow_up}
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

-- name: insert_follow_up
-- A follow-up that a person adds. One row: its id.
INSERT INTO follow_ups (customer_id, agent_id, kind, created_at, due_at, promised_at, note)
VALUES (:customer_id, :agent_id, :kind, :created_at, :due_at, :promised_at, :note) RETURNING id;

-- name: delete_follow_up
-- Takes away a follow-up whose adding is undone.
DELETE FROM follow_ups WHERE id = :id;

-- name: customers_by_reference_or_phone
-- The customer with a reference; else that of a row; else those with a telephone number, with or without spaces and signs.
SELECT id, reference, name FROM customers WHERE reference = :text
UNION ALL
SELECT id, reference, name FROM customers
WHERE id = :row AND NOT EXISTS (SELECT 1 FROM customers WHERE reference = :text)
UNION ALL
SELECT id, reference, name FROM customers
WHERE phone IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers WHERE reference = :text) AND :phone IN (
    phone, replace(replace(replace(replace(replace(replace(phone, '(0)', ''), ' ', ''), '-', ''), '.', ''), '(', ''), ')', ''))
ORDER BY id;

-- name: insert_customer
-- A customer who is known by a telephone number. One row: its id.
INSERT INTO customers (name, phone) VALUES (:name, :phone) RETURNING id;

-- name: audit_entries
-- What was done to one row, the oldest first; not to an earlier one of its number whose adding was undone.
SELECT id, acted_at, who, act, before AS before_json, after AS after_json, reason FROM audit
WHERE subject = :subject AND subject_id = :subject_id AND id > coalesce((
    SELECT max(u.id) FROM audit AS u JOIN audit AS a ON a.id = u.undoes
    WHERE u.subject = :subject AND u.subject_id = :subject_id AND a.act = 'added'), 0)
ORDER BY acted_at, id;

-- name: insert_audit_entry
-- What a person changed, before and after.
INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after, reason, undoes)
VALUES (:acted_at, :who, :act, :subject, :subject_id, :before, :after, :reason, :undoes);
