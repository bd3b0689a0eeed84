-- The follow-up of that reference.
SELECT id, reference, customer_id, call_id, agent_id, kind, created_at, due_at, promised_at, done_at, outcome, note
FROM follow_ups WHERE reference = :reference;
