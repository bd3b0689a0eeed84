-- How a customer found a call.
INSERT INTO surveys (call_id, agent_id, customer_id, answered_at, score, scale, comment, question)
VALUES ((SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3), (SELECT id FROM agents WHERE login = ?4),
    ?5, ?6, ?7, ?8, ?9, ?10);
