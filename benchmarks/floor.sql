-- A synthetic floor of :agents agents with :history calls on the 60 days before today and :today calls so far today.
-- Statements are run one by one with the same parameters; :starts_at is the start of today, :at is now.

INSERT INTO clients (id, name) VALUES (1, 'Meridian'), (2, 'Halcyon');

INSERT INTO teams (id, name, client_id)
WITH RECURSIVE team(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM team WHERE n < 10)
SELECT n, 'Team ' || n, 1 + n % 2 FROM team;

INSERT INTO agents (id, login, name, team_id)
WITH RECURSIVE agent(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM agent WHERE n < :agents)
SELECT n, printf('agent%04d', n), printf('Agent Number %04d', n), 1 + n % 10 FROM agent;

INSERT INTO queues (id, name, client_id, purpose, handling_target_ms)
WITH RECURSIVE queue(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM queue WHERE n < 8)
SELECT n, 'queue' || n, 1 + n % 2, CASE n % 3 WHEN 0 THEN 'sales' WHEN 1 THEN 'service' ELSE 'retention' END, 300000
FROM queue;

INSERT INTO queue_members (queue_id, agent_id, started_at)
SELECT queues.id, agents.id, :starts_at FROM agents JOIN queues ON (agents.id + queues.id) % 4 = 0;

INSERT INTO quotas (scope, scope_id, period, starts_on, sales)
SELECT 'centre', 0, 'day', '2000-01-01', 400
UNION ALL SELECT 'team', id, 'day', '2000-01-01', 40 FROM teams;

INSERT INTO calls (source, call_id, queue_id, agent_id, caller, entered_at, answered_at, ended_at, wrapped_up_at,
                   wrapping_up, outcome, ended_by)
WITH RECURSIVE
    numbered(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbered WHERE n < :history + :today),
    entered(n, at) AS (
        SELECT n, CASE WHEN n <= :history
            THEN :starts_at - 5184000000 + n * 5183000000 / (:history + 1)
            ELSE :starts_at + (n - :history) * (:at - :starts_at - 900000) / (:today + 1) END
        FROM numbered),
    waited(n, at, wait_ms, talk_ms, answered) AS (
        SELECT n, at, n * 7919 % 60 * 500, 60000 + n * 104729 % 300 * 1000, n % 12 > 0 FROM entered)
SELECT 'benchmark', n, 1 + n % 8, CASE WHEN answered THEN 1 + n * 31 % :agents END, printf('+3120%07d', n), at,
       CASE WHEN answered THEN at + wait_ms END,
       CASE WHEN answered THEN at + wait_ms + talk_ms ELSE at + wait_ms END,
       CASE WHEN answered THEN at + wait_ms + talk_ms + 20000 END,
       CASE WHEN answered THEN 0 END,
       CASE WHEN answered THEN 'answered' ELSE 'abandoned' END, 'caller'
FROM waited;

INSERT INTO sales (call_id, agent_id, sold_at, amount_cents)
SELECT id, agent_id, answered_at, 4900 FROM calls WHERE outcome = 'answered' AND queue_id % 3 = 0 AND id % 5 = 0;

-- Each agent's day so far in stretches of five minutes, the last of them open.
INSERT INTO agent_states (agent_id, state, reason, started_at, ended_at)
WITH RECURSIVE stretch(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM stretch WHERE n < 95)
SELECT agents.id,
       CASE (n + agents.id) % 8 WHEN 0 THEN 'paused' WHEN 1 THEN 'ready' WHEN 2 THEN 'wrap_up' ELSE 'talking' END,
       CASE (n + agents.id) % 8 WHEN 0 THEN 'lunch' END,
       :at - 28800000 + n * 300000,
       CASE WHEN n < 95 THEN :at - 28800000 + (n + 1) * 300000 END
FROM agents CROSS JOIN stretch ORDER BY agents.id, n;

INSERT INTO customers (id, name, phone)
WITH RECURSIVE customer(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM customer WHERE n < 60)
SELECT n, 'Customer ' || n, printf('+3120%07d', n) FROM customer;

INSERT INTO follow_ups (customer_id, agent_id, created_at, due_at, promised_at)
SELECT id, 1 + id * 3 % :agents, :at - 86400000, :at + (id - 30) * 300000, :at + (id - 30) * 300000 FROM customers;
