-- The tables that a site fills itself: what rows refer to, and templates of the statements that find and write them.

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
-- Agents by each of their names; a display name shared by two agents stands for neither.
SELECT name, min(id) AS id FROM agents WHERE name IS NOT NULL GROUP BY name HAVING count(*) = 1
UNION ALL
SELECT alias, agent_id FROM agent_aliases
UNION ALL
SELECT login, id FROM agents;

-- name: names_of_reasons
-- Contact reasons by name.
SELECT name, id FROM contact_reasons;

-- name: customer_by_reference
-- The customer with that reference.
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
-- The visits of a call, the last answered one first.
SELECT id, agent_id, customer_id, campaign_id, entered_at, answered_at FROM calls
WHERE source = ? AND call_id = ?
ORDER BY answered_at IS NULL, visit DESC;

-- name: set_currency
-- Sets the site's currency, if it has none.
UPDATE site SET currency = ? WHERE currency IS NULL;

-- name: create_seen_keys
-- The rows of one file by key, so that a second row with the same key is found in bounded memory.
CREATE TEMP TABLE IF NOT EXISTS seen_keys (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID;

-- name: insert_seen_key
-- A key and its line.
INSERT INTO seen_keys (key, line) VALUES (?, ?);

-- name: line_of_seen_key
-- The line of a key.
SELECT line FROM seen_keys WHERE key = ?;

-- name: find_rows
-- Rows of a table with given fields; names are put in by its spec.
SELECT {fields} FROM {table} WHERE {key} ORDER BY {first};

-- name: insert_row
-- A new row of a table; names are put in by its spec.
INSERT INTO {table} ({fields}) VALUES ({values});

-- name: insert_row_if_new
-- A new row of a table, unless an existing one conflicts with it; names are put in by its spec.
INSERT INTO {table} ({fields}) VALUES ({values}) ON CONFLICT DO NOTHING;

-- name: update_row
-- Updates an existing row of a table; names are put in by its spec.
UPDATE {table} SET {changes} WHERE {key};
