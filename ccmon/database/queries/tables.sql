-- Imported tables, two statements for each kind: the row that is there under the file's key, and the upsert.

-- name: names_of_clients
-- Clients by name.
SELECT name, id FROM clients;

-- name: names_of_teams
-- Teams by name.
SELECT name, id FROM teams;

-- name: names_of_campaigns
-- Campaigns by name.
SELECT name, id FROM campaigns;

-- name: names_of_agents
-- Agents by each of their names: a display name that two share names neither.
SELECT name, min(id) FROM agents WHERE name IS NOT NULL GROUP BY name HAVING count(*) = 1
UNION ALL
SELECT alias, agent_id FROM agent_aliases
UNION ALL
SELECT login, id FROM agents;

-- name: names_of_reasons
-- Contact reasons by name.
SELECT name, id FROM contact_reasons;

-- name: customer_by_reference
-- The customer of that reference.
SELECT id FROM customers WHERE reference = ?;

-- name: sources_of_calls
-- Each source that has calls, found by stepping through the index rather than by reading every call.
WITH RECURSIVE found (source) AS (
    SELECT min(source) FROM calls
    UNION ALL
    SELECT (SELECT min(source) FROM calls WHERE source > found.source) FROM found WHERE found.source IS NOT NULL
)
SELECT source FROM found WHERE source IS NOT NULL;

-- name: visits_of_referenced_call
-- The visits of a call, the one that was answered last before the others.
SELECT id, agent_id, customer_id, campaign_id, entered_at, answered_at FROM calls
WHERE source = ? AND call_id = ?
ORDER BY answered_at IS NULL, visit DESC;

-- name: set_currency
-- The money that a site counts in, where nobody has said it.
UPDATE site SET currency = ? WHERE currency IS NULL;

-- name: create_seen_keys
-- The rows of one file by key, so that a second row of one key is found in bounded memory.
CREATE TEMP TABLE IF NOT EXISTS seen_keys (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID;

-- name: insert_seen_key
-- A key and its line.
INSERT INTO seen_keys (key, line) VALUES (?, ?);

-- name: line_of_seen_key
-- The line on which a key stood.
SELECT line FROM seen_keys WHERE key = ?;

-- name: find_clients
-- The client of that name.
SELECT id, name FROM clients WHERE name = :name;

-- name: upsert_clients
-- A client.
INSERT INTO clients (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- name: find_teams
-- The team of that name.
SELECT id, name, client_id FROM teams WHERE name = :name;

-- name: upsert_teams
-- A team.
INSERT INTO teams (id, name, client_id) VALUES (:id, :name, :client_id)
ON CONFLICT (id) DO UPDATE SET client_id = excluded.client_id;

-- name: find_queues
-- The queue of that name.
SELECT id, name, client_id, purpose, service_level_threshold_ms, service_level_target, short_abandon_ms,
    handling_target_ms
FROM queues WHERE name = :name;

-- name: upsert_queues
-- A queue.
INSERT INTO queues (id, name, client_id, purpose, service_level_threshold_ms, service_level_target, short_abandon_ms,
                    handling_target_ms)
VALUES (:id, :name, :client_id, :purpose, :service_level_threshold_ms, :service_level_target, :short_abandon_ms,
        :handling_target_ms)
ON CONFLICT (id) DO UPDATE SET
    client_id = excluded.client_id,
    purpose = excluded.purpose,
    service_level_threshold_ms = excluded.service_level_threshold_ms,
    service_level_target = excluded.service_level_target,
    short_abandon_ms = excluded.short_abandon_ms,
    handling_target_ms = excluded.handling_target_ms;

-- name: find_campaigns
-- The campaign of that name.
SELECT id, name, client_id, purpose, starts_on, ends_on FROM campaigns WHERE name = :name;

-- name: upsert_campaigns
-- A campaign.
INSERT INTO campaigns (id, name, client_id, purpose, starts_on, ends_on)
VALUES (:id, :name, :client_id, :purpose, :starts_on, :ends_on)
ON CONFLICT (id) DO UPDATE SET
    client_id = excluded.client_id,
    purpose = excluded.purpose,
    starts_on = excluded.starts_on,
    ends_on = excluded.ends_on;

-- name: find_agents
-- The agent of that login.
SELECT id, login, name, team_id, hourly_cost_cents, active FROM agents WHERE login = :login;

-- name: upsert_agents
-- An agent.
INSERT INTO agents (id, login, name, team_id, hourly_cost_cents, active)
VALUES (:id, :login, :name, :team_id, :hourly_cost_cents, :active)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    team_id = excluded.team_id,
    hourly_cost_cents = excluded.hourly_cost_cents,
    active = excluded.active;

-- name: find_customers
-- The customer of that reference; for a row without one, the customer of that number who has none either.
SELECT id, reference, name, phone FROM customers
WHERE reference = :reference OR (:reference IS NULL AND reference IS NULL AND phone = :phone)
ORDER BY id LIMIT 1;

-- name: upsert_customers
-- A customer.
INSERT INTO customers (id, reference, name, phone) VALUES (:id, :reference, :name, :phone)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone;

-- name: find_sales
-- The sale of that reference.
SELECT id, reference, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency, cancelled_at
FROM sales WHERE reference = :reference;

-- name: upsert_sales
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

-- name: find_surveys
-- The answer of that reference; for a row without one, the answer to the same question about the same call.
SELECT id, reference, call_id, agent_id, customer_id, question, answered_at, score, scale, comment FROM surveys
WHERE reference = :reference OR (:reference IS NULL AND reference IS NULL AND call_id = :call_id AND question = :question)
ORDER BY id LIMIT 1;

-- name: upsert_surveys
-- An answer to a survey.
INSERT INTO surveys (id, reference, call_id, agent_id, customer_id, question, answered_at, score, scale, comment)
VALUES (:id, :reference, :call_id, :agent_id, :customer_id, :question, :answered_at, :score, :scale, :comment)
ON CONFLICT (id) DO UPDATE SET
    call_id = excluded.call_id,
    agent_id = excluded.agent_id,
    customer_id = excluded.customer_id,
    question = excluded.question,
    answered_at = excluded.answered_at,
    score = excluded.score,
    scale = excluded.scale,
    comment = excluded.comment;

-- name: find_survey_invitations
-- The invitation of that reference.
SELECT id, reference, call_id, agent_id, customer_id, sent_at, delivered FROM survey_invitations
WHERE reference = :reference;

-- name: upsert_survey_invitations
-- An invitation to a survey.
INSERT INTO survey_invitations (id, reference, call_id, agent_id, customer_id, sent_at, delivered)
VALUES (:id, :reference, :call_id, :agent_id, :customer_id, :sent_at, :delivered)
ON CONFLICT (id) DO UPDATE SET
    call_id = excluded.call_id,
    agent_id = excluded.agent_id,
    customer_id = excluded.customer_id,
    sent_at = excluded.sent_at,
    delivered = excluded.delivered;

-- name: find_quotas
-- The quota of that scope and period which starts on that day.
SELECT scope, scope_id, period, starts_on, sales, revenue_cents, conversion FROM quotas
WHERE scope = :scope AND scope_id = :scope_id AND period = :period AND starts_on = :starts_on;

-- name: upsert_quotas
-- A quota.
INSERT INTO quotas (scope, scope_id, period, starts_on, sales, revenue_cents, conversion)
VALUES (:scope, :scope_id, :period, :starts_on, :sales, :revenue_cents, :conversion)
ON CONFLICT (scope, scope_id, period, starts_on) DO UPDATE SET
    sales = excluded.sales,
    revenue_cents = excluded.revenue_cents,
    conversion = excluded.conversion;

-- name: find_follow_ups
-- The follow-up of that reference.
SELECT id, reference, customer_id, call_id, agent_id, kind, created_at, due_at, promised_at, done_at, outcome, note
FROM follow_ups WHERE reference = :reference;

-- name: upsert_follow_ups
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

-- name: find_contact_reasons
-- The contact reason of that name.
SELECT id, name, product, is_problem FROM contact_reasons WHERE name = :name;

-- name: upsert_contact_reasons
-- A contact reason.
INSERT INTO contact_reasons (id, name, product, is_problem) VALUES (:id, :name, :product, :is_problem)
ON CONFLICT (id) DO UPDATE SET product = excluded.product, is_problem = excluded.is_problem;

-- name: find_call_reasons
-- That reason of that call.
SELECT call_id, reason_id, is_primary FROM call_reasons WHERE call_id = :call_id AND reason_id = :reason_id;

-- name: upsert_call_reasons
-- A reason of a call.
INSERT INTO call_reasons (call_id, reason_id, is_primary) VALUES (:call_id, :reason_id, :is_primary)
ON CONFLICT (call_id, reason_id) DO UPDATE SET is_primary = excluded.is_primary;

-- name: find_shifts
-- The agent's stretch of plan that starts then.
SELECT id, agent_id, starts_at, ends_at, activity FROM shifts WHERE agent_id = :agent_id AND starts_at = :starts_at;

-- name: upsert_shifts
-- A stretch of an agent's plan.
INSERT INTO shifts (id, agent_id, starts_at, ends_at, activity) VALUES (:id, :agent_id, :starts_at, :ends_at, :activity)
ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, activity = excluded.activity;

-- name: find_investments
-- The investment of that name.
SELECT id, name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept FROM investments
WHERE name = :name;

-- name: upsert_investments
-- Something else that money was spent on.
INSERT INTO investments (id, name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept)
VALUES (:id, :name, :goal, :starts_on, :ends_on, :cost_cents, :revenue_cents, :customers_won, :customers_kept)
ON CONFLICT (id) DO UPDATE SET
    goal = excluded.goal,
    starts_on = excluded.starts_on,
    ends_on = excluded.ends_on,
    cost_cents = excluded.cost_cents,
    revenue_cents = excluded.revenue_cents,
    customers_won = excluded.customers_won,
    customers_kept = excluded.customers_kept;
