-- The tables that a site fills itself: what rows refer to, and templates of the statements that find and write them.

-- fragment: asks_something
-- Of a row of quotas: it is more than the end of the one before it.
coalesce(sales, revenue_cents, conversion) IS NOT NULL

-- name: names_of_clients
-- Clients by name.
SELECT name, id FROM clients;

-- name: names_of_teams
-- Teams by name.
SELECT name, id FROM teams;

-- name: names_of_queues
-- Queues by name.
SELECT name, id FROM queues;

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
SELECT id, visit, agent_id, customer_id, campaign_id, entered_at, answered_at FROM calls
WHERE source = ? AND call_id = ?
ORDER BY answered_at IS NULL, visit DESC;

-- name: set_currency
-- Sets the site's currency, if it has none.
UPDATE site SET currency = ? WHERE currency IS NULL;

-- name: count_sales_by_currency
-- How many sales there are in each currency; those without one count in the site's.
SELECT currency, count(*) FROM sales GROUP BY currency;

-- name: create_seen_keys
-- The rows of one file by key, so that a second row with the same key is found in bounded memory.
CREATE TEMP TABLE IF NOT EXISTS seen_keys (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID;

-- name: insert_seen_key
-- A key and its line.
INSERT INTO seen_keys (key, line) VALUES (?, ?);

-- name: line_of_seen_key
-- The line of a key.
SELECT line FROM seen_keys WHERE key = ?;

-- name: create_seen_contents
-- How often each content has occurred in a file, for rows that are known by nothing else.
CREATE TABLE seen_contents (content TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;

-- name: count_seen_content
-- Counts a content; the number with it.
INSERT INTO seen_contents (content, rows) VALUES (?, 1)
ON CONFLICT (content) DO UPDATE SET rows = rows + 1
RETURNING rows;

-- name: last_row
-- The highest number of a table's rows; the table is put in by its spec.
SELECT coalesce(max(id), 0) FROM {table};

-- name: has_like_row
-- Whether one of the rows up to a number says the same as the row that was inserted last; fields are put in by a spec.
SELECT EXISTS (
    SELECT 1 FROM {table} AS new JOIN {table} AS old ON old.id <= ? AND {same} WHERE new.id = last_insert_rowid()
);

-- name: find_rows
-- Rows of a table with given fields; names are put in by its spec.
SELECT {fields} FROM {table} WHERE {key} ORDER BY {first};

-- name: delete_row
-- Takes away a row of a table, found by its key; names are put in by its spec.
DELETE FROM {table} WHERE {key};

-- name: insert_row
-- A new row of a table; names are put in by its spec.
INSERT INTO {table} ({fields}) VALUES ({values});

-- name: insert_row_if_new
-- A new row of a table, unless an existing one conflicts with it; names are put in by its spec.
INSERT INTO {table} ({fields}) VALUES ({values}) ON CONFLICT DO NOTHING;

-- name: update_row
-- Updates an existing row of a table; names are put in by its spec.
UPDATE {table} SET {changes} WHERE {key};

-- name: some_counted_row
-- One row if there is anything that business days count.
SELECT 1 WHERE EXISTS (SELECT 1 FROM calls) OR EXISTS (SELECT 1 FROM agent_states) OR EXISTS (SELECT 1 FROM sales);

-- name: seen_pause_reasons
-- The reasons of pauses since a moment.
SELECT DISTINCT reason FROM agent_states WHERE started_at >= :since AND state = 'paused' AND reason IS NOT NULL;

-- name: targets_of_day
-- The targets with which a business day is counted, of each queue that has had a call on it.
SELECT queue_id, service_level_threshold_ms, service_level_target, short_abandon_ms
FROM queue_days WHERE day_at = :day_at;

-- name: days_ahead_with_targets
-- The days to come for which a queue has been given targets.
SELECT d.date FROM queue_days AS t JOIN business_days AS d ON d.starts_at = t.day_at
WHERE t.queue_id = :queue_id AND t.day_at > :day_at ORDER BY t.day_at;

-- name: has_earlier_targets
-- Whether days before one are counted with another target of a queue than its present one.
SELECT EXISTS (
    SELECT 1 FROM queue_days AS d JOIN queues AS q ON q.id = d.queue_id
    WHERE d.queue_id = :queue_id AND d.day_at < :day_at AND CASE :column
        WHEN 'service_level_threshold' THEN d.service_level_threshold_ms <> q.service_level_threshold_ms
        WHEN 'service_level_target' THEN d.service_level_target <> q.service_level_target
        ELSE d.short_abandon_ms <> q.short_abandon_ms END
);

-- name: keep_targets_of_day
-- A day's targets are the present ones of the queue, whenever its first call comes.
INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
SELECT id, :day_at, service_level_threshold_ms, service_level_target, short_abandon_ms FROM queues WHERE id = :queue_id
ON CONFLICT DO NOTHING;

-- name: correct_targets_of_days
-- Gives days the present targets of a queue, all or some; their figures are counted anew.
UPDATE queue_days SET
    service_level_threshold_ms = iif(:service_level_threshold, q.service_level_threshold_ms,
                                     queue_days.service_level_threshold_ms),
    service_level_target = iif(:service_level_target, q.service_level_target, queue_days.service_level_target),
    short_abandon_ms = iif(:short_abandon, q.short_abandon_ms, queue_days.short_abandon_ms)
FROM queues AS q
WHERE q.id = :queue_id AND queue_days.queue_id = :queue_id AND day_at >= :first_at AND day_at <= :last_at
    AND (:service_level_threshold AND q.service_level_threshold_ms <> queue_days.service_level_threshold_ms
        OR :service_level_target AND q.service_level_target <> queue_days.service_level_target
        OR :short_abandon AND q.short_abandon_ms <> queue_days.short_abandon_ms);

-- name: business_day_of_date
-- The business day of a date.
SELECT date, starts_at, ends_at FROM business_days WHERE date = :date;

-- name: references_to_client
-- How many rows refer to a client, by what they are.
SELECT 'team', count(*) FROM teams WHERE client_id = :id
UNION ALL SELECT 'queue', count(*) FROM queues WHERE client_id = :id
UNION ALL SELECT 'campaign', count(*) FROM campaigns WHERE client_id = :id
UNION ALL SELECT 'quota', count(*) FROM quotas WHERE scope = 'client' AND scope_id = :id AND {asks_something};

-- name: delete_client
-- A client that no row refers to.
DELETE FROM clients WHERE id = :id;

-- name: references_to_team
-- How many rows refer to a team, by what they are.
SELECT 'agent', count(*) FROM agents WHERE team_id = :id
UNION ALL SELECT 'quota', count(*) FROM quotas WHERE scope = 'team' AND scope_id = :id AND {asks_something};

-- name: delete_team
-- A team that no row refers to.
DELETE FROM teams WHERE id = :id;

-- name: references_to_queue
-- How many rows refer to a queue, by what they are.
SELECT 'call', count(*) FROM calls WHERE queue_id = :id
UNION ALL SELECT 'missed call', count(*) FROM missed_calls WHERE queue_id = :id
UNION ALL SELECT 'membership', count(*) FROM queue_members WHERE queue_id = :id
UNION ALL SELECT 'pause', count(*) FROM queue_pauses WHERE queue_id = :id;

-- name: delete_queue
-- A queue that no row refers to, with the targets of the days on which it had calls.
DELETE FROM queue_days WHERE queue_id = :id;
DELETE FROM queues WHERE id = :id;

-- name: references_to_campaign
-- How many rows refer to a campaign, by what they are.
SELECT 'call', count(*) FROM calls WHERE campaign_id = :id
UNION ALL SELECT 'sale', count(*) FROM sales WHERE campaign_id = :id
UNION ALL SELECT 'quota', count(*) FROM quotas WHERE scope = 'campaign' AND scope_id = :id AND {asks_something};

-- name: delete_campaign
-- A campaign that no row refers to.
DELETE FROM campaigns WHERE id = :id;

-- name: references_to_agent
-- How many rows refer to an agent, by what they are; the log of acts keeps from whom and to whom follow-ups went.
SELECT 'call', count(*) FROM calls WHERE agent_id = :id
UNION ALL SELECT 'missed call', count(*) FROM missed_calls WHERE agent_id = :id
UNION ALL SELECT 'state', count(*) FROM agent_states WHERE agent_id = :id
UNION ALL SELECT 'membership', count(*) FROM queue_members WHERE agent_id = :id
UNION ALL SELECT 'pause', count(*) FROM queue_pauses WHERE agent_id = :id
UNION ALL SELECT 'sale', count(*) FROM sales WHERE agent_id = :id
UNION ALL SELECT 'survey', count(*) FROM surveys WHERE agent_id = :id
UNION ALL SELECT 'invitation', count(*) FROM survey_invitations WHERE agent_id = :id
UNION ALL SELECT 'follow-up', count(*) FROM follow_ups WHERE agent_id = :id
UNION ALL SELECT 'recorded act', count(*) FROM audit WHERE :id IN (json_extract(before, '$.agent_id'), json_extract(after, '$.agent_id'))
UNION ALL SELECT 'shift', count(*) FROM shifts WHERE agent_id = :id
UNION ALL SELECT 'quota', count(*) FROM quotas WHERE scope = 'agent' AND scope_id = :id AND {asks_something};

-- name: delete_agent
-- An agent to whom no row refers; other names of the agent go with it.
DELETE FROM agents WHERE id = :id;

-- name: references_to_pause_reason
-- How many rows have a reason of pauses, by what they are.
SELECT 'pause', (SELECT count(*) FROM agent_states WHERE reason = :id)
    + (SELECT count(*) FROM queue_pauses WHERE reason = :id)
UNION ALL SELECT 'shift', count(*) FROM shifts WHERE lower(activity) = lower(:id);

-- name: delete_pause_reason
-- A reason of pauses that no row has.
DELETE FROM pause_reasons WHERE reason = :id;

-- name: references_to_contact_reason
-- How many rows refer to a reason why customers call.
SELECT 'call', count(*) FROM call_reasons WHERE reason_id = :id;

-- name: delete_contact_reason
-- A reason why customers call that no row refers to.
DELETE FROM contact_reasons WHERE id = :id;

-- name: delete_quota
-- What a quota asks for from a day on, or that it ends then.
DELETE FROM quotas WHERE scope = :scope AND scope_id = :scope_id AND period = :period AND starts_on = :starts_on;

-- name: impossible_moments
-- By table and column how many rows, and the first :named of their ids in order.
WITH found AS (
    SELECT 'calls' AS kind, 'entered_at' AS moment, id FROM calls WHERE entered_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'calls', 'answered_at', id FROM calls WHERE answered_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'calls', 'ended_at', id FROM calls WHERE ended_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'calls', 'wrapped_up_at', id FROM calls WHERE wrapped_up_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'missed_calls', 'missed_at', id FROM missed_calls WHERE missed_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'agent_states', 'started_at', id FROM agent_states WHERE started_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'agent_states', 'ended_at', id FROM agent_states WHERE ended_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'queue_members', 'started_at', id FROM queue_members WHERE started_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'queue_members', 'ended_at', id FROM queue_members WHERE ended_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'queue_pauses', 'started_at', id FROM queue_pauses WHERE started_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'queue_pauses', 'ended_at', id FROM queue_pauses WHERE ended_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'sales', 'sold_at', id FROM sales WHERE sold_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'sales', 'cancelled_at', id FROM sales WHERE cancelled_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'surveys', 'answered_at', id FROM surveys WHERE answered_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'survey_invitations', 'sent_at', id FROM survey_invitations WHERE sent_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'follow_ups', 'created_at', id FROM follow_ups WHERE created_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'follow_ups', 'done_at', id FROM follow_ups WHERE done_at NOT BETWEEN :earliest AND :latest
    UNION ALL
    SELECT 'follow_ups', 'due_at', id FROM follow_ups WHERE due_at NOT BETWEEN :earliest AND :latest_plan
    UNION ALL
    SELECT 'follow_ups', 'promised_at', id FROM follow_ups WHERE promised_at NOT BETWEEN :earliest AND :latest_plan
    UNION ALL
    SELECT 'shifts', 'starts_at', id FROM shifts WHERE starts_at NOT BETWEEN :earliest AND :latest_plan
    UNION ALL
    SELECT 'shifts', 'ends_at', id FROM shifts WHERE ends_at NOT BETWEEN :earliest AND :latest_plan
),
numbered AS (
    SELECT kind, moment, id, row_number() OVER (PARTITION BY kind, moment ORDER BY id) AS place FROM found
)
SELECT kind, moment, count(*) AS number, group_concat(iif(place <= :named, id, NULL), ', ') AS ids
FROM numbered GROUP BY kind, moment ORDER BY kind, moment;

-- name: impossible_rows
-- By table, column and what is wrong with it how many rows, and the first :named of their ids (of a quota its key) in order.
-- Moments that `impossible_moments` tells are left to it.
WITH found AS (
    SELECT 'calls' AS kind, 'answered_at' AS field, 'lies before entered_at' AS fault, id AS name
    FROM calls WHERE answered_at < entered_at - :apart AND answered_at >= :earliest AND entered_at <= :latest
    UNION ALL
    SELECT 'calls', 'ended_at', 'lies before entered_at', id
    FROM calls WHERE ended_at < entered_at - :apart AND ended_at >= :earliest AND entered_at <= :latest
    UNION ALL
    SELECT 'calls', 'ended_at', 'lies before answered_at', id
    FROM calls WHERE ended_at < answered_at - :apart AND ended_at >= :earliest AND answered_at <= :latest
    UNION ALL
    SELECT 'calls', 'wrapped_up_at', 'lies before ended_at', id
    FROM calls WHERE wrapped_up_at < ended_at - :apart AND wrapped_up_at >= :earliest AND ended_at <= :latest
    UNION ALL
    SELECT 'calls', 'hold_ms', 'is longer than the call', id FROM calls WHERE hold_ms > ended_at - entered_at + :apart
    UNION ALL
    SELECT 'agent_states', 'ended_at', 'lies before started_at', id
    FROM agent_states WHERE ended_at < started_at - :apart AND ended_at >= :earliest AND started_at <= :latest
    UNION ALL
    SELECT 'queue_members', 'ended_at', 'lies before started_at', id
    FROM queue_members WHERE ended_at < started_at - :apart AND ended_at >= :earliest AND started_at <= :latest
    UNION ALL
    SELECT 'queue_pauses', 'ended_at', 'lies before started_at', id
    FROM queue_pauses WHERE ended_at < started_at - :apart AND ended_at >= :earliest AND started_at <= :latest
    UNION ALL
    SELECT 'sales', 'cancelled_at', 'lies before sold_at', id
    FROM sales WHERE cancelled_at < sold_at AND cancelled_at >= :earliest AND sold_at <= :latest
    UNION ALL
    SELECT 'sales', 'amount_cents', 'is below 0', id FROM sales WHERE amount_cents < 0
    UNION ALL
    SELECT 'follow_ups', 'due_at', 'lies before created_at', id
    FROM follow_ups WHERE due_at < created_at AND due_at >= :earliest AND created_at <= :latest
    UNION ALL
    SELECT 'follow_ups', 'done_at', 'lies before created_at', id
    FROM follow_ups WHERE done_at < created_at AND done_at >= :earliest AND created_at <= :latest
    UNION ALL
    SELECT 'surveys', 'score', 'is below 0', id FROM surveys WHERE score < 0
    UNION ALL
    SELECT 'surveys', 'scale', 'is below 1', id FROM surveys WHERE scale < 1
    UNION ALL
    SELECT 'investments', 'cost_cents', 'is below 0', id FROM investments WHERE cost_cents < 0
    UNION ALL
    SELECT 'campaigns', 'ends_on', 'lies before starts_on', id FROM campaigns WHERE ends_on < starts_on
    UNION ALL
    SELECT 'investments', 'ends_on', 'lies before starts_on', id FROM investments WHERE ends_on < starts_on
    UNION ALL
    SELECT 'campaigns', 'starts_on', 'is no day such as 2026-11-23', id
    FROM campaigns WHERE starts_on IS NOT date(starts_on, '+0 days')
    UNION ALL
    SELECT 'campaigns', 'ends_on', 'is no day such as 2026-11-23', id FROM campaigns WHERE ends_on IS NOT date(ends_on, '+0 days')
    UNION ALL
    SELECT 'investments', 'starts_on', 'is no day such as 2026-11-23', id
    FROM investments WHERE starts_on IS NOT date(starts_on, '+0 days')
    UNION ALL
    SELECT 'investments', 'ends_on', 'is no day such as 2026-11-23', id
    FROM investments WHERE ends_on IS NOT date(ends_on, '+0 days')
    UNION ALL
    SELECT 'quotas', 'starts_on', 'is no day such as 2026-11-23', scope || ' ' || scope_id || ' ' || period || ' ' || starts_on
    FROM quotas WHERE starts_on IS NOT date(starts_on, '+0 days')
    UNION ALL
    SELECT 'sales', 'sold_at', 'lies more than a day before its call began', sales.id
   
    FROM sales JOIN calls ON calls.id = sales.call_id WHERE sales.sold_at < calls.entered_at - :day AND sales.sold_at >= :earliest AND calls.entered_at <= :latest
    UNION ALL
    SELECT 'surveys', 'answered_at', 'lies more than a day before its call began', surveys.id
   
    FROM surveys JOIN calls ON calls.id = surveys.call_id WHERE surveys.answered_at < calls.entered_at - :day AND surveys.answered_at >= :earliest AND calls.entered_at <= :latest
    UNION ALL
    SELECT 'survey_invitations', 'sent_at', 'lies more than a day before its call began', survey_invitations.id
   
    FROM survey_invitations JOIN calls ON calls.id = survey_invitations.call_id WHERE survey_invitations.sent_at < calls.entered_at - :day AND survey_invitations.sent_at >= :earliest AND calls.entered_at <= :latest
    UNION ALL
    SELECT 'follow_ups', 'created_at', 'lies more than a day before its call began', follow_ups.id
   
    FROM follow_ups JOIN calls ON calls.id = follow_ups.call_id WHERE follow_ups.created_at < calls.entered_at - :day AND follow_ups.created_at >= :earliest AND calls.entered_at <= :latest
),
numbered AS (
    SELECT kind, field, fault, name, row_number() OVER (PARTITION BY kind, field, fault ORDER BY name) AS place FROM found
)
SELECT kind, field, fault, count(*) AS number, group_concat(iif(place <= :named, name, NULL), ', ') AS names
FROM numbered GROUP BY kind, field, fault ORDER BY kind, field, fault;
