-- A follow-up.
INSERT INTO follow_ups (id, reference, customer_id, call_id, agent_id, kind, created_at, due_at, promised_at, done_at,
                        outcome, note)
VALUES (:id, :reference, :customer_id, :call_id, :agent_id, :kind, :created_at, :due_at, :promised_at, :done_at,
        :outcome, :note)
ON CONFLICT (id) DO UPDATE SET
    customer_id = excluded.customer_id,
    call_id = excluded.call_id,
    agent_id = excluded.agent_id,
    kind = excluded.kind,
    created_at = excluded.created_at,
    due_at = excluded.due_at,
    promised_at = excluded.promised_at,
    done_at = excluded.done_at,
    outcome = excluded.outcome,
    note = excluded.note;
