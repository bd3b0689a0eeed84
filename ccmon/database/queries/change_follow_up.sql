-- What a person makes of a follow-up.
UPDATE follow_ups SET agent_id = :agent_id, due_at = :due_at, promised_at = :promised_at, done_at = :done_at,
    outcome = :outcome, note = :note
WHERE id = :id;
