-- What a database has recorded, by the names that the same has in another one: rows of two of them are compared.

-- name: calls_to_compare
-- Visits of calls in the order of what they are known by.
SELECT source, call_id, visit, ended_at FROM calls ORDER BY source, call_id, visit;

-- name: sales_to_compare
-- A sale as it stands, as one text.
SELECT json_array(sales.reference, sales.sold_at, sales.amount_cents, sales.currency, sales.cancelled_at, agents.login,
    campaigns.name, coalesce(customers.reference, customers.phone), calls.source, calls.call_id, calls.visit)
FROM sales
    LEFT JOIN agents ON agents.id = sales.agent_id
    LEFT JOIN campaigns ON campaigns.id = sales.campaign_id
    LEFT JOIN customers ON customers.id = sales.customer_id
    LEFT JOIN calls ON calls.id = sales.call_id;

-- name: survey_answers_to_compare
-- A customer's answer as it stands, as one text.
SELECT json_array(surveys.reference, surveys.answered_at, surveys.question, surveys.score, surveys.scale,
    surveys.comment, agents.login, calls.source, calls.call_id, calls.visit)
FROM surveys
    LEFT JOIN agents ON agents.id = surveys.agent_id
    LEFT JOIN calls ON calls.id = surveys.call_id;

-- name: customers_to_compare
-- A customer, as one text.
SELECT json_array(reference, name, phone) FROM customers;

-- name: follow_ups_to_compare
-- Follow-ups as they stand.
SELECT follow_ups.id, follow_ups.created_at, follow_ups.due_at, follow_ups.promised_at, follow_ups.done_at,
    follow_ups.outcome, follow_ups.kind, follow_ups.note, follow_ups.reference, agents.login AS owner,
    coalesce(customers.reference, customers.phone, customers.name) AS customer
FROM follow_ups
    LEFT JOIN agents ON agents.id = follow_ups.agent_id
    LEFT JOIN customers ON customers.id = follow_ups.customer_id
ORDER BY follow_ups.id;

-- name: acts_to_compare
-- What a person did to a follow-up, as one text.
SELECT json_array(acted_at, who, act, subject_id, before, after) FROM audit;
