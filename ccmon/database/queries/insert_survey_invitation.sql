-- A customer is asked how a call was.
INSERT INTO survey_invitations (call_id, agent_id, customer_id, sent_at, delivered)
VALUES ((SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3), (SELECT id FROM agents WHERE login = ?4),
    ?5, ?6, ?7);
