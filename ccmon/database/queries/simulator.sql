-- What a simulated centre writes apart from its calls and the rows of its tables.

-- name: has_non_demo_data
-- Whether the database holds anything that did not come from a simulated floor.
SELECT EXISTS (SELECT 1 FROM sources WHERE kind <> 'simulator')
    OR EXISTS (SELECT 1 FROM calls WHERE source NOT IN (SELECT name FROM sources WHERE kind = 'simulator'))
    OR (NOT EXISTS (SELECT 1 FROM sources)
        AND (EXISTS (SELECT 1 FROM agents) OR EXISTS (SELECT 1 FROM queues) OR EXISTS (SELECT 1 FROM customers)
            OR EXISTS (SELECT 1 FROM clients) OR EXISTS (SELECT 1 FROM sales) OR EXISTS (SELECT 1 FROM shifts)
            OR EXISTS (SELECT 1 FROM teams) OR EXISTS (SELECT 1 FROM campaigns)));

-- name: is_configured
-- Whether setup or a person has configured the site; a simulated one may be changed by way of trial.
SELECT EXISTS (SELECT 1 FROM configuration_changes WHERE act = 'setup')
    OR (NOT EXISTS (SELECT 1 FROM sources WHERE kind = 'simulator')
        AND (EXISTS (SELECT 1 FROM configuration_changes WHERE act <> 'init')
            OR EXISTS (SELECT 1 FROM site WHERE name IS NOT NULL)));

-- name: set_site_of_demo
-- The site of demo data: as old as its data, and named if it had no name.
UPDATE site SET name = coalesce(name, :name), currency = coalesce(currency, :currency),
    margin = coalesce(margin, :margin), created_at = :created_at;

-- name: set_clock
-- The clock of a simulated floor: floor time against real time.
INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, :real_at, :floor_at, :speed)
ON CONFLICT (id) DO UPDATE SET real_at = excluded.real_at, floor_at = excluded.floor_at, speed = excluded.speed;

-- name: set_source_times
-- A finished source, as old as its data.
UPDATE sources SET started_at = :started_at, checked_at = :checked_at WHERE name = :name;

-- name: insert_pause_reason
-- The meaning of a pause reason.
INSERT INTO pause_reasons (reason, paid, productive, planned, limit_ms)
VALUES (:reason, :paid, :productive, :planned, :limit_ms)
ON CONFLICT (reason) DO NOTHING;

-- name: ids_of_visits
-- The visits of several calls.
SELECT call_id, visit, id FROM calls WHERE source = ? AND call_id IN (SELECT value FROM json_each(?));

-- name: log_follow_up_move
-- The agent postpones a call: the earlier values, so that an earlier moment can be shown as it was.
INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after, reason)
SELECT ?3, coalesce(a.login, 'nobody'), 'moved', 'follow_up', f.id, json_object('due_at', f.due_at),
    json_object('due_at', ?2), 'by the agent'
FROM follow_ups AS f LEFT JOIN agents AS a ON a.id = f.agent_id
WHERE f.id = ?1;
