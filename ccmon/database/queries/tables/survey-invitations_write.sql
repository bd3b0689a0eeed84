-- An invitation to a survey.
INSERT INTO survey_invitations (id, reference, call_id, agent_id, customer_id, sent_at, delivered)
VALUES (:id, :reference, :call_id, :agent_id, :customer_id, :sent_at, :delivered)
ON CONFLICT (id) DO UPDATE SET
    call_id = excluded.call_id,
    agent_id = excluded.agent_id,
    customer_id = excluded.customer_id,
    sent_at = excluded.sent_at,
    delivered = excluded.delivered;
