-- The invitation of that reference.
SELECT id, reference, call_id, agent_id, customer_id, sent_at, delivered FROM survey_invitations
WHERE reference = :reference;
