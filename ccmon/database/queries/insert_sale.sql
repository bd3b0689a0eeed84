-- A sale on a call.
INSERT INTO sales (call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents)
VALUES ((SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3), (SELECT id FROM agents WHERE login = ?4),
    (SELECT id FROM campaigns WHERE name = ?5), ?6, ?7, ?8);
