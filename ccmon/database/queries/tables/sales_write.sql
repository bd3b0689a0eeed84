-- A sale.
INSERT INTO sales (id, reference, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency,
                   cancelled_at)
VALUES (:id, :reference, :call_id, :agent_id, :campaign_id, :customer_id, :sold_at, :amount_cents, :currency,
        :cancelled_at)
ON CONFLICT (id) DO UPDATE SET
    call_id = excluded.call_id,
    agent_id = excluded.agent_id,
    campaign_id = excluded.campaign_id,
    customer_id = excluded.customer_id,
    sold_at = excluded.sold_at,
    amount_cents = excluded.amount_cents,
    currency = excluded.currency,
    cancelled_at = excluded.cancelled_at;
