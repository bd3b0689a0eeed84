-- What the simulated centre writes beside its calls.

-- name: has_non_demo_data
-- Whether anything is there that did not come from a simulated floor.
SELECT EXISTS (SELECT 1 FROM sources WHERE kind <> 'simulator')
    OR EXISTS (SELECT 1 FROM calls WHERE source NOT IN (SELECT name FROM sources WHERE kind = 'simulator'))
    OR (NOT EXISTS (SELECT 1 FROM sources)
        AND (EXISTS (SELECT 1 FROM agents) OR EXISTS (SELECT 1 FROM queues) OR EXISTS (SELECT 1 FROM customers)
            OR EXISTS (SELECT 1 FROM clients) OR EXISTS (SELECT 1 FROM sales) OR EXISTS (SELECT 1 FROM shifts)));

-- name: set_site_of_demo
-- The site of demo data: as old as its data, and named where nobody has named it.
UPDATE site SET name = coalesce(name, :name), currency = coalesce(currency, :currency),
    margin = coalesce(margin, :margin), created_at = :created_at;

-- name: set_clock
-- The clock of a simulated floor: floor time against real time.
INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, :real_at, :floor_at, :speed)
ON CONFLICT (id) DO UPDATE SET real_at = excluded.real_at, floor_at = excluded.floor_at, speed = excluded.speed;

-- name: set_source_times
-- A finished source, as old as its data.
UPDATE sources SET started_at = :started_at, checked_at = :checked_at WHERE name = :name;

-- name: insert_client
-- A client company.
INSERT INTO clients (name) VALUES (:name) ON CONFLICT (name) DO NOTHING;

-- name: insert_team
-- A team of a client, or of none.
INSERT INTO teams (name, client_id) VALUES (:name, (SELECT id FROM clients WHERE name = :client));

-- name: insert_agent
-- An agent of a team.
INSERT INTO agents (login, name, team_id, hourly_cost_cents)
VALUES (:login, :name, (SELECT id FROM teams WHERE name = :team), :hourly_cost_cents);

-- name: insert_queue
-- A queue with its targets.
INSERT INTO queues (name, client_id, purpose, service_level_threshold_ms, service_level_target, handling_target_ms)
VALUES (:name, (SELECT id FROM clients WHERE name = :client), :purpose, :threshold_ms, :target, :handling_target_ms);

-- name: insert_campaign
-- An outbound campaign.
INSERT INTO campaigns (name, client_id, purpose, starts_on, ends_on)
VALUES (:name, (SELECT id FROM clients WHERE name = :client), :purpose, :starts_on, :ends_on);

-- name: insert_pause_reason
-- What a reason for a pause means.
INSERT INTO pause_reasons (reason, paid, productive, planned, limit_ms)
VALUES (:reason, :paid, :productive, :planned, :limit_ms)
ON CONFLICT (reason) DO NOTHING;

-- name: insert_contact_reason
-- Why customers call; two queues may share a reason.
INSERT INTO contact_reasons (name, product, is_problem) VALUES (:name, :product, :is_problem) ON CONFLICT (name) DO NOTHING;

-- name: insert_investment
-- What else the same money buys.
INSERT INTO investments (name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept)
VALUES (:name, :goal, :starts_on, :ends_on, :cost_cents, :revenue_cents, :customers_won, :customers_kept);

-- name: insert_customer
-- Somebody whom the centre knows, the first time they are met.
INSERT INTO customers (id, reference, name, phone) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING;

-- name: set_call_customer
-- Who calls.
UPDATE calls SET customer_id = ?1 WHERE source = ?2 AND call_id = ?3 AND visit = ?4;

-- name: insert_call_reason
-- Why a customer called.
INSERT INTO call_reasons (call_id, reason_id)
SELECT c.id, r.id FROM calls AS c JOIN contact_reasons AS r ON r.name = ?4
WHERE c.source = ?1 AND c.call_id = ?2 AND c.visit = ?3
ON CONFLICT DO NOTHING;

-- name: insert_sale
-- A sale on a call.
INSERT INTO sales (call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents)
VALUES ((SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3), (SELECT id FROM agents WHERE login = ?4),
    (SELECT id FROM campaigns WHERE name = ?5), ?6, ?7, ?8);

-- name: cancel_sale
-- The customer takes back what they bought on a call.
UPDATE sales SET cancelled_at = ?4
WHERE call_id = (SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3) AND cancelled_at IS NULL;

-- name: insert_survey_invitation
-- A customer is asked how a call was.
INSERT INTO survey_invitations (call_id, agent_id, customer_id, sent_at, delivered)
VALUES ((SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3), (SELECT id FROM agents WHERE login = ?4),
    ?5, ?6, ?7);

-- name: insert_survey
-- How a customer found a call.
INSERT INTO surveys (call_id, agent_id, customer_id, answered_at, score, scale, comment, question)
VALUES ((SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3), (SELECT id FROM agents WHERE login = ?4),
    ?5, ?6, ?7, ?8, ?9, ?10);

-- name: promise_follow_up
-- A call back that is promised. Told twice, by the day on which it is due and by the call that led to it: the call counts.
INSERT INTO follow_ups (id, call_id, agent_id, customer_id, kind, created_at, due_at, promised_at, note)
VALUES (?1, (SELECT id FROM calls WHERE source = ?2 AND call_id = ?3 AND visit = ?4), (SELECT id FROM agents WHERE login = ?5),
    ?6, ?7, ?8, ?9, ?9, ?10)
ON CONFLICT (id) DO UPDATE SET call_id = excluded.call_id, created_at = excluded.created_at
WHERE excluded.call_id IS NOT NULL;

-- name: log_follow_up_move
-- The agent moves a call back: what stood before, so that an earlier moment can be shown as it was.
INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after, reason)
SELECT ?3, coalesce(a.login, 'nobody'), 'moved', 'follow_up', f.id, json_object('due_at', f.due_at),
    json_object('due_at', ?2), 'by the agent'
FROM follow_ups AS f LEFT JOIN agents AS a ON a.id = f.agent_id
WHERE f.id = ?1;

-- name: move_follow_up
-- The agent moves a call back; the promised moment stays.
UPDATE follow_ups SET due_at = ?2 WHERE id = ?1;

-- name: finish_follow_up
-- A call back is settled; the first time counts.
UPDATE follow_ups SET done_at = ?2, outcome = ?3 WHERE id = ?1 AND (done_at IS NULL OR done_at > ?2);

-- name: insert_shift
-- A stretch of an agent's plan.
INSERT INTO shifts (agent_id, starts_at, ends_at, activity)
VALUES ((SELECT id FROM agents WHERE login = ?1), ?2, ?3, ?4)
ON CONFLICT (agent_id, starts_at) DO UPDATE SET ends_at = excluded.ends_at, activity = excluded.activity;

-- name: set_quota
-- What is expected of the centre, a client, a team, an agent or a campaign, from a date on.
INSERT INTO quotas (scope, scope_id, period, starts_on, sales, revenue_cents, conversion)
VALUES (?1, CASE ?1 WHEN 'client' THEN (SELECT id FROM clients WHERE name = ?2)
    WHEN 'team' THEN (SELECT id FROM teams WHERE name = ?2)
    WHEN 'agent' THEN (SELECT id FROM agents WHERE login = ?2)
    WHEN 'campaign' THEN (SELECT id FROM campaigns WHERE name = ?2) ELSE 0 END, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (scope, scope_id, period, starts_on)
DO UPDATE SET sales = excluded.sales, revenue_cents = excluded.revenue_cents, conversion = excluded.conversion;
