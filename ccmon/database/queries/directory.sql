-- Names, teams, clients, targets and quotas: what changes rarely. New names as the writer meets them.

-- name: directory_clients
-- Each client company.
SELECT id, name FROM clients ORDER BY id;

-- name: directory_teams
-- Each team with its client.
SELECT t.id, t.name, c.name AS client, c.id AS client_id
FROM teams AS t LEFT JOIN clients AS c ON c.id = t.client_id ORDER BY t.name;

-- name: directory_agents
-- Each agent with team and client.
SELECT a.id, a.login, coalesce(a.name, a.login) AS name, a.team_id, t.name AS team, c.name AS client, a.active
FROM agents AS a LEFT JOIN teams AS t ON t.id = a.team_id LEFT JOIN clients AS c ON c.id = t.client_id
ORDER BY a.id;

-- name: directory_queues
-- Each queue with its client.
SELECT q.id, q.name, q.purpose, c.name AS client, q.handling_target_ms
FROM queues AS q LEFT JOIN clients AS c ON c.id = q.client_id
ORDER BY q.id;

-- name: queues_with_targets
-- Each queue with what it is for and its targets.
SELECT name, purpose, service_level_target, service_level_threshold_ms FROM queues ORDER BY name;

-- name: directory_campaigns
-- Each campaign with its client.
SELECT m.id, m.name, m.purpose, c.name AS client, m.client_id
FROM campaigns AS m LEFT JOIN clients AS c ON c.id = m.client_id
ORDER BY m.name;

-- name: directory_quotas
-- The quotas valid on a date: for each period and scope, the latest that has started.
SELECT period, scope, scope_id, sales, revenue_cents, conversion, max(starts_on) AS starts_on
FROM quotas WHERE starts_on <= :date
GROUP BY period, scope, scope_id;

-- name: directory_alarm_limits
-- The limits of alarms of the site.
SELECT longest_wait_ms, nobody_on_phones_ms, short_of_agents_ms, calm_ms, service_level_visits, pause_ms, wrap_up_ms,
    talk_ms, missed_calls, follow_up_owners, low_scores, owners_at_risk, data_age_ms, import_age_ms, quiet_source_ms
FROM alarm_limits;

-- name: directory_particular_limits
-- The limits of alarms of reasons, queues and teams, by the name of the site's limit.
SELECT 'pause_ms' AS name, 'reason' AS scope, reason AS subject, limit_ms AS value FROM pause_reasons WHERE limit_ms > 0
UNION ALL
SELECT 'longest_wait_ms', 'queue', name, longest_wait_limit_ms FROM queues WHERE longest_wait_limit_ms IS NOT NULL
UNION ALL
SELECT 'wrap_up_ms', 'queue', name, wrap_up_limit_ms FROM queues WHERE wrap_up_limit_ms IS NOT NULL
UNION ALL
SELECT 'talk_ms', 'queue', name, talk_limit_ms FROM queues WHERE talk_limit_ms IS NOT NULL
UNION ALL
SELECT 'pause_ms', 'team', name, pause_limit_ms FROM teams WHERE pause_limit_ms IS NOT NULL
UNION ALL
SELECT 'wrap_up_ms', 'team', name, wrap_up_limit_ms FROM teams WHERE wrap_up_limit_ms IS NOT NULL
UNION ALL
SELECT 'talk_ms', 'team', name, talk_limit_ms FROM teams WHERE talk_limit_ms IS NOT NULL
UNION ALL
SELECT 'missed_calls', 'team', name, missed_calls_limit FROM teams WHERE missed_calls_limit IS NOT NULL;

-- name: insert_agent_login
-- An agent met for the first time.
INSERT INTO agents (login) VALUES (?) ON CONFLICT (login) DO UPDATE SET login = login RETURNING id;

-- name: insert_queue_name
-- A queue met for the first time.
INSERT INTO queues (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id;

-- name: insert_campaign_name
-- A campaign met for the first time.
INSERT INTO campaigns (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id;

-- name: set_agent_name
-- Sets an agent's display name, unless the site has set one.
UPDATE agents SET name = coalesce(name, ?) WHERE login = ?;

-- name: write_alias
-- Another name of an agent.
INSERT INTO agent_aliases (alias, agent_id) VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET agent_id = excluded.agent_id;

-- name: deactivate_alias
-- Hides an agent whose name turned out to be another agent's and about whom nothing more is known.
UPDATE agents SET active = 0 WHERE login = ? AND id <> ? AND name IS NULL AND team_id IS NULL AND active = 1;
