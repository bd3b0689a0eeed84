-- Templates of the statements about totals. `sql_fragments.py` fills in the names in braces from definitions.py.
-- Only what is counted of customers' purchases is said here (recount_…), to compare it with the triggers of a migration.

-- Conditions for rows that INSERT OR REPLACE of a new row may delete: one key per line.
-- name: keys_of_call
id = new.id
source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1)
-- Among the rows that can conflict with a state, only one with the same id has been counted: an open one has not.
-- name: keys_of_state
id = new.id
-- name: keys_of_missed_call
id = new.id
-- name: keys_of_sale
id = new.id
reference = new.reference
-- name: key_exists
EXISTS (SELECT 1 FROM {table} WHERE {key})

-- Rows of a base table with their days, of the business days in [{first}, {last}).
-- name: rows_of_call
business_days AS day CROSS JOIN calls AS call INDEXED BY calls_by_entry
    ON call.entered_at >= day.starts_at AND call.entered_at < day.ends_at
WHERE day.starts_at >= {first} AND day.starts_at < {last}
-- name: rows_of_missed_call
business_days AS day CROSS JOIN missed_calls AS missed_call INDEXED BY missed_calls_by_moment
    ON missed_call.missed_at >= day.starts_at AND missed_call.missed_at < day.ends_at
WHERE day.starts_at >= {first} AND day.starts_at < {last}
-- name: rows_of_sale
business_days AS day CROSS JOIN sales AS sale INDEXED BY sales_by_moment
    ON sale.sold_at >= day.starts_at AND sale.sold_at < day.ends_at
WHERE day.starts_at >= {first} AND day.starts_at < {last}
-- name: rows_of_state
agent_states AS state CROSS JOIN business_days AS day
    ON day.starts_at >= max({first}, state.started_at - (
        SELECT max(ends_at - starts_at) FROM business_days WHERE starts_at >= {first} AND starts_at < {last}))
    AND day.starts_at < min({last}, state.ended_at) AND day.ends_at > state.started_at
WHERE state.started_at < {last} AND state.ended_at > {first} AND state.ended_at > state.started_at


-- The same, apart: those that begin in the day, in the order of days and agents, so that nothing need be sorted; and
-- those that go on into it. These last reach a quarter of an hour, as each business day begins with one.
-- name: begun_states
business_days AS day CROSS JOIN agents AS agent CROSS JOIN agent_states AS state INDEXED BY agent_states_by_agent
    ON state.agent_id = agent.id AND state.started_at >= day.starts_at AND state.started_at < day.ends_at
WHERE day.starts_at < min({last}, (SELECT max(started_at) + 1 FROM agent_states))
    AND day.starts_at >= max({first}, (SELECT min(started_at) FROM agent_states) - (
        SELECT max(ends_at - starts_at) FROM business_days WHERE starts_at >= {first} AND starts_at < {last}))
    AND state.ended_at > state.started_at
-- name: continued_states
agent_states AS state NOT INDEXED CROSS JOIN business_days AS day
    ON day.starts_at >= max({first}, state.started_at + 1) AND day.starts_at < min({last}, state.ended_at)
WHERE state.started_at / 900000 < state.ended_at / 900000 AND state.started_at < {last} AND state.ended_at > {first}

-- Calls with their handling times, which LIMIT lets SQLite compute once for each call instead of at each mention.
-- name: handled_calls
(
    SELECT day.starts_at AS day_at, call.direction, call.queue_id, {handling_s} AS handling_s
    FROM {rows}
    LIMIT -1
) AS call

-- Rows of a base table that count in the business day of a moment, as they were known then.
-- name: known_call
SELECT {further}direction, queue_id, campaign_id, iif(served_at <= :at, agent_id, NULL) AS agent_id, entered_at,
    iif(answered_at <= :at, answered_at, NULL) AS answered_at, iif(ended_at <= :at, ended_at, NULL) AS ended_at,
    iif(wrapped_up_at <= :at, wrapped_up_at, NULL) AS wrapped_up_at,
    wrapping_up IS 1 OR wrapped_up_at > :at AS wrapping_up, hold_ms, iif(ended_at > :at, NULL, outcome) AS outcome,
    iif(ended_at > :at, NULL, right_party) AS right_party, iif(served_at <= :at, served_at, NULL) AS served_at
FROM calls
WHERE entered_at >= :day_starts_at AND entered_at < :day_ends_at AND entered_at <= :at
-- name: known_missed_call
SELECT agent_id, ring_ms FROM missed_calls
WHERE missed_at >= :day_starts_at AND missed_at < :day_ends_at AND missed_at <= :at
-- name: known_sale
SELECT call_id, agent_id, campaign_id, amount_cents, currency, iif(cancelled_at <= :at, cancelled_at, NULL) AS cancelled_at
FROM sales
WHERE sold_at >= :day_starts_at AND sold_at < :day_ends_at AND sold_at <= :at
-- Among the states that began before the day, only an agent's last one can reach into it.
-- name: known_state
SELECT agent_id, state, started_at, ended_at FROM (
    SELECT agent_id, state, started_at, ended_at FROM agent_states
    WHERE started_at >= :day_starts_at AND started_at < :day_ends_at AND started_at <= :at
    UNION ALL
    SELECT b.agent_id, b.state, b.started_at, b.ended_at
    FROM agents AS a JOIN agent_states AS b ON b.id = (
        SELECT id FROM agent_states
        WHERE agent_id = a.id AND started_at < :day_starts_at ORDER BY started_at DESC, id DESC LIMIT 1)
)
WHERE ended_at <= :at AND ended_at > max(started_at, :day_starts_at)

-- name: generated
SELECT *, {expression} AS {name}
FROM (
    {rows}
)

-- name: recount_part
SELECT
    {columns}
FROM {rows}
GROUP BY {places}
-- name: differences
SELECT {keys},
    {counts}
FROM (
    SELECT 1 AS kept, {names} FROM {table}
    UNION ALL
    SELECT 0, {names} FROM (
    {recounted}
    )
)
GROUP BY {keys}
ORDER BY {keys}
-- name: as_of_part
SELECT
    {columns}
FROM {row}
WHERE {where}
GROUP BY {places}
-- name: united
SELECT
    {columns}
FROM (
    {parts}
)
GROUP BY {places}
-- name: as_of
WITH {known}
{totals}
-- name: known
{row} AS MATERIALIZED (
    {rows}
)
-- name: as_of_total
SELECT '{table}' AS total, json_group_array(json_array(
    {columns}
)) AS rows
FROM (
    {parts}
)

-- Queues and business days in [{first}, {last}) with visits but no targets; and the queues' present targets for them.
-- name: missing_queue_days
SELECT queue_id, day_at
FROM (
    SELECT DISTINCT call.queue_id AS queue_id, day.starts_at AS day_at
    FROM {rows}
        AND {where}
) AS visited
WHERE EXISTS (SELECT 1 FROM queues WHERE id = visited.queue_id)
    AND NOT EXISTS (SELECT 1 FROM queue_days WHERE queue_id = visited.queue_id AND day_at = visited.day_at)
ORDER BY 1, 2
-- name: insert_missing_queue_days
INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
SELECT id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms
FROM ({missing}) JOIN queues ON id = queue_id
-- What new rows add to business days whose earlier rows have not changed. New calls are read once for all totals. The
-- days of each are limited with min(), since SQLite looks days up by one upper limit only: by the other, it would read
-- all days of the range for each call.
-- name: keep_new_calls
CREATE TEMP TABLE new_calls AS
SELECT day.starts_at AS day_at, {columns}
FROM calls AS call CROSS JOIN business_days AS day
    ON day.starts_at >= max(:first_at, call.entered_at - (
        SELECT max(ends_at - starts_at) FROM business_days WHERE starts_at >= :first_at AND starts_at < :last_at))
    AND day.starts_at <= min(call.entered_at, :last_at - 1) AND day.ends_at > call.entered_at
WHERE call.id > :newest_call
-- name: new_calls
temp.new_calls AS call
WHERE true
-- name: add_new_rows
INSERT INTO {table} ({names})
SELECT
    {columns}
FROM {rows}
    AND {where}
GROUP BY {places}
ON CONFLICT ({keys}) DO UPDATE SET
    {added};
-- name: delete_totals
DELETE FROM {table} WHERE {moment} >= :first_at AND {moment} < :last_at;

-- Purchase days, from which triggers derive other counts: all with the day before each, or only those that differ.
-- name: recount_purchases
INSERT INTO purchase_days (customer_id, day_at, orders, previous_at)
SELECT customer_id, day_at, orders, lag(day_at) OVER (PARTITION BY customer_id ORDER BY day_at)
FROM (
    {recounted}
)
-- name: correct_purchases
DELETE FROM purchase_days
WHERE day_at >= :first_at AND day_at < :last_at AND (customer_id, day_at) NOT IN (
    SELECT customer_id, day_at FROM (
    {recounted}
    ));
INSERT INTO purchase_days (customer_id, day_at, orders)
SELECT * FROM (
    {recounted}
) WHERE true
ON CONFLICT (customer_id, day_at) DO UPDATE SET orders = excluded.orders WHERE orders <> excluded.orders;

-- What is derived from purchase days: the customer's day before each, figures by customer, buyers by day, and gaps.
-- name: recount_previous_purchases
SELECT customer_id, day_at, lag(day_at) OVER (PARTITION BY customer_id ORDER BY day_at) AS previous_at
FROM purchase_days
-- name: recount_customer_purchases
SELECT customer_id, max(place) AS purchases, min(day_at) AS first_at, max(day_at) FILTER (WHERE place = 2) AS second_at,
    max(day_at) AS last_at, max(second_before_at) AS third_last_at,
    coalesce(max((day_at - second_before_at + 43200000) / 86400000 < 365), 0) AS once_loyal
FROM (
    SELECT customer_id, day_at, row_number() OVER days AS place, lag(day_at, 2) OVER days AS second_before_at
    FROM purchase_days
    WINDOW days AS (PARTITION BY customer_id ORDER BY day_at)
)
GROUP BY customer_id
-- name: recount_buyer_days
SELECT day_at, sum(first_buyers) AS first_buyers, sum(repeated) AS repeated, sum(last_buyers) AS last_buyers,
    sum(one_time) AS one_time, sum(once_loyal) AS once_loyal, sum(third_last_buyers) AS third_last_buyers
FROM (
    SELECT first_at AS day_at, count(*) AS first_buyers,
        sum(coalesce((second_at - first_at + 43200000) / 86400000 <= 90, 0)) AS repeated, 0 AS last_buyers,
        0 AS one_time, 0 AS once_loyal, 0 AS third_last_buyers
    FROM customer_purchases GROUP BY first_at
    UNION ALL
    SELECT last_at, 0, 0, count(*), sum(purchases = 1), sum(once_loyal), 0 FROM customer_purchases GROUP BY last_at
    UNION ALL
    SELECT third_last_at, 0, 0, 0, 0, 0, count(*) FROM customer_purchases
    WHERE third_last_at IS NOT NULL GROUP BY third_last_at
)
GROUP BY day_at
-- name: recount_purchase_gaps
SELECT gap_days, sum(gaps) AS gaps, sum(first_gaps) AS first_gaps
FROM (
    SELECT (day_at - previous_at + 43200000) / 86400000 AS gap_days, 1 AS gaps, 0 AS first_gaps
    FROM purchase_days WHERE previous_at IS NOT NULL
    UNION ALL
    SELECT (second_at - first_at + 43200000) / 86400000, 0, 1 FROM customer_purchases WHERE second_at IS NOT NULL
)
GROUP BY gap_days

-- Each base table has a view that holds no rows: inserting into it counts one row in (sign 1) or out (sign -1). The
-- triggers of the table count a new row in, a deleted row out, and an updated one out as it was and in as it is.
-- INSERT OR REPLACE deletes rows without firing their delete triggers (unless PRAGMA recursive_triggers is on): a BEFORE
-- INSERT trigger notes the conflicting rows in replaced_*, and the AFTER INSERT trigger counts out those now gone.
-- A statement that ignores conflicts leaves notes that nothing reads: they stay valid until their row is updated or
-- deleted, which removes them. Inside a trigger, "INSERT OR ..." would adopt the conflict rule of the outer statement;
-- ON CONFLICT does not.
-- name: counting_triggers
DROP TRIGGER IF EXISTS {table}_inserting;
DROP TRIGGER IF EXISTS {table}_replaced;
DROP TRIGGER IF EXISTS {table}_inserted;
DROP TRIGGER IF EXISTS {table}_updated;
DROP TRIGGER IF EXISTS {table}_deleted;
DROP VIEW IF EXISTS count_{row};
DROP TABLE IF EXISTS replaced_{table};

CREATE VIEW count_{row} (
    sign, {counted}
) AS SELECT
    {nulls}
WHERE 0;

CREATE TABLE replaced_{table} (
    {fields}
) STRICT;

{note_replaced}

CREATE TRIGGER {table}_inserting BEFORE INSERT ON {table}
WHEN {key_exists}
BEGIN
    DELETE FROM replaced_{table};
    INSERT INTO replaced_{table} SELECT
        {columns}
    FROM {table} WHERE {replaced_rows};
END;

CREATE TRIGGER {table}_replaced AFTER INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM replaced_{table})
BEGIN
    INSERT INTO count_{row} SELECT
        -1, {gone_values}
    FROM replaced_{table} AS gone
    WHERE gone.id = new.id OR NOT EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.id = gone.id);
    DELETE FROM replaced_{table};
END;

CREATE TRIGGER {table}_inserted AFTER INSERT ON {table}{when_counted}
BEGIN
    INSERT INTO count_{row} VALUES (
        1, {new_values}
    );
END;

CREATE TRIGGER {table}_updated AFTER UPDATE OF
    {written}
ON {table}
BEGIN
    DELETE FROM replaced_{table} WHERE id = old.id;
    INSERT INTO count_{row} VALUES (
        -1, {old_values}
    );
    INSERT INTO count_{row} VALUES (
        1, {new_values}
    );
END;

CREATE TRIGGER {table}_deleted AFTER DELETE ON {table}
BEGIN
    DELETE FROM replaced_{table} WHERE id = old.id;
    INSERT INTO count_{row} VALUES (
        -1, {deleted_values}
    );
END;
-- name: day_of
(SELECT iif({moment} < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= {moment} ORDER BY starts_at DESC LIMIT 1),
        
-- name: count
CREATE TRIGGER count_{row}_in_{table} INSTEAD OF INSERT ON count_{row}
WHEN {counts}
BEGIN
    INSERT INTO {table} (
        {names}
    )
    {values}
    ON CONFLICT ({keys}) DO UPDATE SET
        {added};{cleaned}
END;
-- A row of zeros in a histogram would be its highest value.
-- name: cleaned
DELETE FROM {table}
    WHERE new.sign < 0 AND {same} AND {column} = 0;
-- name: values
VALUES (
        {values}
    )
-- name: values_of_days
SELECT
        {values}
    FROM business_days AS day
    WHERE day.starts_at < new.ended_at AND day.ends_at > new.started_at AND day.starts_at >= coalesce(
        (SELECT starts_at FROM business_days WHERE starts_at <= new.started_at ORDER BY starts_at DESC LIMIT 1), 0)
-- name: first_among
iif(new.{value} IS NOT NULL AND {condition} AND NOT EXISTS (
            SELECT 1 FROM {table} AS {row}
            WHERE {row}.{value} = new.{value} AND {row}.id <> new.id AND {same}
                AND {row}.{moment} >= new.day_at
                AND {row}.{moment} < (SELECT ends_at FROM business_days WHERE starts_at = new.day_at)
                AND {where}
        ), new.sign, 0)

-- Triggers of one view fire in reverse order of creation: this one comes last.
-- name: targets
CREATE TRIGGER count_call_of_new_day INSTEAD OF INSERT ON count_call
WHEN new.sign > 0 AND new.day_at IS NOT NULL AND {where}
    AND NOT EXISTS (SELECT 1 FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at)
BEGIN
    INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
    SELECT id, new.day_at, service_level_threshold_ms, service_level_target, short_abandon_ms
    FROM queues
    WHERE id = new.queue_id;
END;

-- What totals depend on besides a row of the base table: when it changes, which is rare, they are recounted. By view
-- and base table: the first and the last day, and which rows, by the key besides the day if that matters.
-- name: recount_trigger
DROP TRIGGER IF EXISTS {view}_again;

CREATE TRIGGER {view}_again INSTEAD OF INSERT ON {view}
BEGIN
    {statements}
END;
-- name: recount_statement
INSERT INTO {table} ({names})
    SELECT {columns}
    FROM {rows}
        AND {where}
    GROUP BY {places}
    ON CONFLICT ({keys}) DO UPDATE SET
        {replaced};
-- A day's targets are corrected: recount that day.
-- name: count_targets_of_call
new.day_at
new.day_at + 1
call.queue_id = new.queue_id
-- A queue's purpose decides whether its answered calls are sales calls: recount the days from its first to its last
-- call. Orders may have come on any day.
-- name: count_sales_calls_of_call
(SELECT max(starts_at) FROM business_days WHERE starts_at <= (SELECT min(quarter_at) FROM queue_quarters WHERE queue_id = new.queue_id))
(SELECT min(ends_at) FROM business_days WHERE ends_at > (SELECT max(quarter_at) FROM queue_quarters WHERE queue_id = new.queue_id))
true
-- name: count_sales_calls_of_sale
0
4611686018427387904
true
-- Sales in another currency than the site's add no revenue.
-- name: count_revenue_of_sale
0
4611686018427387904
true
-- Whether a sale converts follows from its call: recount the days from the first to the last sale of the call, for
-- everybody with one of them.
-- name: count_converted_of_sale
coalesce((SELECT max(starts_at) FROM business_days WHERE starts_at <= (SELECT min(sold_at) FROM sales WHERE call_id = new.call_id)), 0)
(SELECT max(sold_at) + 1 FROM sales WHERE call_id = new.call_id)
{key} IN (SELECT {key} FROM sales AS sale WHERE sale.call_id = new.call_id)

-- A call that sales refer to is inserted, changed or deleted.
-- name: follow_calls_of_sales
DROP TRIGGER IF EXISTS calls_sales_inserted;
DROP TRIGGER IF EXISTS calls_sales_updated;
DROP TRIGGER IF EXISTS calls_sales_deleted;

CREATE TRIGGER calls_sales_inserted AFTER INSERT ON calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = new.id)
BEGIN
    INSERT INTO count_converted VALUES (new.id);
END;

CREATE TRIGGER calls_sales_updated AFTER UPDATE OF id, direction, queue_id ON calls
WHEN (old.id, old.direction, old.queue_id) IS NOT (new.id, new.direction, new.queue_id)
    AND EXISTS (SELECT 1 FROM sales WHERE call_id IN (old.id, new.id))
BEGIN
    INSERT INTO count_converted VALUES (new.id);
    INSERT INTO count_converted SELECT old.id WHERE old.id <> new.id;
END;

CREATE TRIGGER calls_sales_deleted AFTER DELETE ON calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = old.id)
BEGIN
    INSERT INTO count_converted VALUES (old.id);
END;
-- A call that an insertion has replaced, and that is gone.
-- name: follow_replaced_calls
CREATE TRIGGER calls_sales_replaced AFTER DELETE ON replaced_calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = old.id)
BEGIN
    INSERT INTO count_converted VALUES (old.id);
END;

-- Temporary triggers of one connection that replace those of the totals and note which hours a bulk load touches: those
-- of existing rows ({newest} is the highest id before) and of the sales of such calls. They need not look for rows that
-- REPLACE deletes: meanwhile PRAGMA recursive_triggers makes it fire delete triggers. New rows are found by their id in
-- the end.
-- name: track_table
CREATE TEMP TRIGGER touched_{table}_inserted AFTER INSERT ON {table}
WHEN new.id <= {newest} AND {new_counts}
BEGIN
    INSERT INTO touched VALUES ({new_hours}) ON CONFLICT DO NOTHING;{new_dependent}
END;

CREATE TEMP TRIGGER touched_{table}_deleted AFTER DELETE ON {table}
WHEN old.id <= {newest} AND {old_counts}
BEGIN
    INSERT INTO touched VALUES ({old_hours}) ON CONFLICT DO NOTHING;{old_dependent}
END;

CREATE TEMP TRIGGER touched_{table}_updated AFTER UPDATE ON {table}
WHEN old.id <= {newest} OR new.id <= {newest}
BEGIN
    INSERT INTO touched SELECT {old_hours} WHERE {old_counts} ON CONFLICT DO NOTHING;
    INSERT INTO touched SELECT {new_hours} WHERE {new_counts} ON CONFLICT DO NOTHING;{old_dependent}{new_dependent}
END;
-- name: touched_sales
INSERT INTO touched SELECT sold_at / 3600000, sold_at / 3600000 FROM sales WHERE call_id = {row}.id ON CONFLICT DO NOTHING;
-- Dropping a table does not drop triggers that write into it.
-- name: untrack_table
DROP TRIGGER IF EXISTS temp.touched_{table}_inserted;
DROP TRIGGER IF EXISTS temp.touched_{table}_updated;
DROP TRIGGER IF EXISTS temp.touched_{table}_deleted;
-- name: touched_by_new_rows
INSERT INTO touched SELECT DISTINCT {new_hours} FROM {table} AS new WHERE new.id > :newest_{row} AND {new_counts}
ON CONFLICT DO NOTHING;
-- Counts of distinct calls do not add up: new sales, and sales of new calls.
-- name: touched_by_new_sales
INSERT INTO touched SELECT DISTINCT sold_at / 3600000, sold_at / 3600000 FROM sales
WHERE id > :newest_sale OR call_id > :newest_call
ON CONFLICT DO NOTHING;
-- name: newest_row
(SELECT coalesce(max(id), {none}) FROM {table}) AS newest_{row}

-- The change log: what a write has touched (change_log.py).
-- name: changes_trigger
CREATE TRIGGER changes_of_{table}_{name} {head}
BEGIN
    {body}
END;
-- name: note_change
INSERT INTO changes ({columns})
    {row};
-- name: gone
SELECT {values}
    FROM {table} AS gone WHERE {keys}
-- name: trim_changes
DELETE FROM changes WHERE {row_id} % 256 = 0 AND id <= (SELECT max(id) - {kept} FROM changes);
