-- The sale of that reference.
SELECT id, reference, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency, cancelled_at
FROM sales WHERE reference = :reference;
