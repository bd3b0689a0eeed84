-- The tables of totals: their recount from the rows, their targets, and bulk loads that leave their triggers aside.

-- name: recount_queue_quarters
-- What queue_quarters should say: one row per queue and quarter of an hour, counted from every visit entered in
-- [:first_at, :last_at).
SELECT
    c.queue_id,
    c.entered_at - c.entered_at % 900000 AS quarter_at,
    count(*) AS offered,
    sum(c.class = 'answered') AS answered,
    coalesce(sum(c.class = 'answered' AND c.wait_ms <= coalesce(t.service_level_threshold_ms, 20000)), 0)
        AS answered_in_threshold,
    sum(c.class = 'abandoned') AS abandoned,
    sum(c.class = 'abandoned' AND c.wait_ms <= coalesce(t.short_abandon_ms, 5000)) AS short_abandoned,
    sum(c.class = 'timed_out') AS timed_out,
    sum(c.class = 'no_agents') AS no_agents,
    sum(c.class = 'diverted') AS diverted,
    sum(c.class = 'unknown') AS unknown,
    sum(iif(c.class = 'answered', coalesce(c.wait_ms, 0), 0)) AS answered_wait_ms,
    sum(iif(c.class = 'abandoned' AND c.wait_ms > coalesce(t.short_abandon_ms, 5000), c.wait_ms, 0)) AS abandoned_wait_ms,
    sum(c.handled) AS handled,
    sum(iif(c.handled, c.talk_ms, 0)) AS talk_ms,
    sum(iif(c.handled, coalesce(c.hold_ms, 0), 0)) AS hold_ms,
    sum(iif(c.handled, c.wrap_up_ms, 0)) AS wrap_up_ms,
    sum(c.cut_off) AS cut_off,
    sum(c.class = 'answered' AND c.wait_ms IS NULL) AS answered_without_wait
FROM business_days AS d
CROSS JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
LEFT JOIN queue_days AS t ON t.queue_id = c.queue_id AND t.day_at = d.starts_at
WHERE d.starts_at >= :first_at AND d.starts_at < :last_at
    AND c.direction = 'inbound' AND c.queue_id IS NOT NULL AND c.class <> 'blocked'
GROUP BY 1, 2
ORDER BY 1, 2

-- name: recount_wait_histogram
-- What wait_histogram should say: finished waits per queue, business day and whole second, of visits entered in
-- [:first_at, :last_at).
SELECT c.queue_id, d.starts_at AS day_at, c.wait_ms / 1000 AS wait_s, count(*) AS visits
FROM business_days AS d
CROSS JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
WHERE d.starts_at >= :first_at AND d.starts_at < :last_at
    AND c.direction = 'inbound' AND c.queue_id IS NOT NULL
    AND c.wait_ms IS NOT NULL
    AND c.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3

-- name: recount_handling_histogram
-- What handling_histogram should say: handled calls per business day, direction, queue and length, of calls entered in
-- [:first_at, :last_at).
SELECT day_at, direction, queue_id, iif(handling_s < 600, handling_s, handling_s - handling_s % 10) AS handling_s,
    count(*) AS calls
FROM (
    SELECT d.starts_at AS day_at, c.direction, coalesce(c.queue_id, 0) AS queue_id,
        (c.talk_ms + coalesce(c.hold_ms, 0) + c.wrap_up_ms) / 1000 AS handling_s
    FROM business_days AS d
    CROSS JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
    WHERE d.starts_at >= :first_at AND d.starts_at < :last_at AND c.handled
)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4

-- name: recount_agent_days
-- What agent_days should say, for the business days in [:first_at, :last_at): calls by entry, states cut at the edges of
-- the day, missed calls and sales by their own moments.
WITH
days AS (
    SELECT starts_at, ends_at FROM business_days WHERE starts_at >= :first_at AND starts_at < :last_at
),
parts (day_at, agent_id, inbound, outbound, inbound_talk_ms, inbound_hold_ms, inbound_wrap_up_ms, outbound_talk_ms,
       outbound_hold_ms, outbound_wrap_up_ms, sales_calls, missed, ready_ms, paused_ms, talking_ms, other_ms, converted,
       sales, revenue_cents, hold_ms, wrap_up_ms) AS (
    SELECT
        d.starts_at, coalesce(c.agent_id, 0),
        sum(c.direction = 'inbound' AND c.handled),
        sum(c.direction = 'outbound' AND c.handled),
        sum(iif(c.direction = 'inbound' AND c.handled, c.talk_ms, 0)),
        sum(iif(c.direction = 'inbound' AND c.handled, coalesce(c.hold_ms, 0), 0)),
        sum(iif(c.direction = 'inbound' AND c.handled, c.wrap_up_ms, 0)),
        sum(iif(c.direction = 'outbound' AND c.handled, c.talk_ms, 0)),
        sum(iif(c.direction = 'outbound' AND c.handled, coalesce(c.hold_ms, 0), 0)),
        sum(iif(c.direction = 'outbound' AND c.handled, c.wrap_up_ms, 0)),
        sum(iif(c.direction = 'inbound', q.purpose IS 'sales', c.right_party IS 1)),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM days AS d
    JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
    LEFT JOIN queues AS q ON q.id = c.queue_id
    WHERE c.class = 'answered'
    GROUP BY 1, 2

    UNION ALL
    SELECT d.starts_at, m.agent_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM days AS d
    JOIN missed_calls AS m INDEXED BY missed_calls_by_moment ON m.missed_at >= d.starts_at AND m.missed_at < d.ends_at
    WHERE m.ring_ms >= 1000
    GROUP BY 1, 2

    UNION ALL
    SELECT
        d.starts_at, s.agent_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        sum(iif(s.state = 'ready', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state = 'paused', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state IN ('talking', 'hold'), min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable'),
                min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        0, 0, 0,
        sum(iif(s.state = 'hold', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state = 'wrap_up', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0))
    FROM agent_states AS s
    CROSS JOIN business_days AS d
        ON d.starts_at >= max(:first_at, coalesce(
            (SELECT max(starts_at) FROM business_days WHERE starts_at <= s.started_at), 0))
        AND d.starts_at < min(:last_at, s.ended_at) AND d.ends_at > s.started_at
    WHERE s.started_at < :last_at AND s.ended_at > :first_at AND s.ended_at > s.started_at
    GROUP BY 1, 2

    UNION ALL
    SELECT
        d.starts_at, coalesce(s.agent_id, 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        count(DISTINCT s.call_id) + sum(s.call_id IS NULL),
        count(*),
        sum(iif(s.currency IS NULL OR s.currency IS (SELECT currency FROM site WHERE id = 1), s.amount_cents, 0)),
        0, 0
    FROM days AS d
    JOIN sales AS s INDEXED BY sales_by_moment ON s.sold_at >= d.starts_at AND s.sold_at < d.ends_at
    WHERE s.cancelled_at IS NULL
    GROUP BY 1, 2
)
SELECT
    day_at, agent_id, sum(inbound), sum(outbound), sum(inbound_talk_ms), sum(inbound_hold_ms), sum(inbound_wrap_up_ms),
    sum(outbound_talk_ms), sum(outbound_hold_ms), sum(outbound_wrap_up_ms), sum(sales_calls), sum(missed), sum(ready_ms),
    sum(paused_ms), sum(talking_ms), sum(other_ms), sum(converted), sum(sales), sum(revenue_cents),
    sum(hold_ms), sum(wrap_up_ms)
FROM parts
GROUP BY 1, 2
ORDER BY 1, 2

-- name: recount_campaign_days
-- What campaign_days should say, for the business days in [:first_at, :last_at): attempts by their start, sales by their
-- own moment.
WITH
days AS (
    SELECT starts_at, ends_at FROM business_days WHERE starts_at >= :first_at AND starts_at < :last_at
),
parts (day_at, campaign_id, attempts, contacts, sales_calls, converted, sales, revenue_cents) AS (
    SELECT
        d.starts_at, c.campaign_id, count(*), sum(c.class = 'answered'), sum(c.class = 'answered' AND c.right_party IS 1),
        0, 0, 0
    FROM days AS d
    JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
    WHERE c.direction = 'outbound' AND c.campaign_id IS NOT NULL
    GROUP BY 1, 2

    UNION ALL
    SELECT
        d.starts_at, s.campaign_id, 0, 0, 0, count(DISTINCT s.call_id) + sum(s.call_id IS NULL), count(*),
        sum(iif(s.currency IS NULL OR s.currency IS (SELECT currency FROM site WHERE id = 1), s.amount_cents, 0))
    FROM days AS d
    JOIN sales AS s INDEXED BY sales_by_moment ON s.sold_at >= d.starts_at AND s.sold_at < d.ends_at
    WHERE s.cancelled_at IS NULL AND s.campaign_id IS NOT NULL
    GROUP BY 1, 2
)
SELECT day_at, campaign_id, sum(attempts), sum(contacts), sum(sales_calls), sum(converted), sum(sales), sum(revenue_cents)
FROM parts
GROUP BY 1, 2
ORDER BY 1, 2

-- name: delete_totals
-- Make room for the recounted totals of the business days in [:first_at, :last_at).
DELETE FROM queue_quarters WHERE quarter_at >= :first_at AND quarter_at < :last_at;
DELETE FROM wait_histogram WHERE day_at >= :first_at AND day_at < :last_at;
DELETE FROM handling_histogram WHERE day_at >= :first_at AND day_at < :last_at;
DELETE FROM agent_days WHERE day_at >= :first_at AND day_at < :last_at;
DELETE FROM campaign_days WHERE day_at >= :first_at AND day_at < :last_at;

-- name: missing_queue_days
-- Queues and business days that have visits but no targets.
SELECT DISTINCT c.queue_id, d.starts_at
FROM calls AS c
JOIN queues AS q ON q.id = c.queue_id
CROSS JOIN business_days AS d
    ON d.starts_at = (SELECT max(starts_at) FROM business_days WHERE starts_at <= c.entered_at) AND c.entered_at < d.ends_at
WHERE c.direction = 'inbound' AND c.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days AS t WHERE t.queue_id = c.queue_id AND t.day_at = d.starts_at)
ORDER BY 1, 2;

-- name: insert_missing_queue_days
-- Give each queue and business day with visits in [:first_at, :last_at) the queue's present targets, where it has none.
INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
SELECT DISTINCT q.id, d.starts_at, q.service_level_threshold_ms, q.service_level_target, q.short_abandon_ms
FROM calls AS c
JOIN queues AS q ON q.id = c.queue_id
CROSS JOIN business_days AS d
    ON d.starts_at = (SELECT max(starts_at) FROM business_days WHERE starts_at <= c.entered_at) AND c.entered_at < d.ends_at
WHERE c.entered_at >= :first_at AND c.entered_at < :last_at
    AND c.direction = 'inbound' AND c.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days AS t WHERE t.queue_id = c.queue_id AND t.day_at = d.starts_at);

-- name: reset_queue_days
-- Give every business day that has targets the queues' present ones.
UPDATE queue_days
SET (service_level_threshold_ms, service_level_target, short_abandon_ms) = (
    SELECT service_level_threshold_ms, service_level_target, short_abandon_ms FROM queues WHERE id = queue_id
)
WHERE queue_id IN (SELECT id FROM queues);

-- name: delete_lost_queue_days
-- Targets of days that no longer exist, after the business days have been filled anew.
DELETE FROM queue_days WHERE day_at NOT IN (SELECT starts_at FROM business_days);

-- name: total_triggers
-- The triggers of one table, to take them away for the time of a bulk load. Those that forbid a key that is taken stay: a
-- row that is replaced without a trigger would be counted for ever.
SELECT name, sql FROM main.sqlite_master
WHERE type = 'trigger' AND tbl_name = :table AND name NOT LIKE '%key_taken'
ORDER BY name;

-- name: delete_replaced_rows
-- Notes of the total triggers are of no use after a bulk load.
DELETE FROM replaced_calls;
DELETE FROM replaced_agent_states;
DELETE FROM replaced_missed_calls;
DELETE FROM replaced_sales;

-- name: track_touched_hours
-- Triggers of this connection alone that note which hours a bulk load touches, in place of those that keep the totals.
CREATE TEMP TABLE touched (
    first_hour INTEGER NOT NULL, last_hour INTEGER NOT NULL, PRIMARY KEY (first_hour, last_hour)
) WITHOUT ROWID;

CREATE TEMP TRIGGER touched_calls_inserting BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM calls WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
BEGIN
    INSERT INTO touched SELECT entered_at / 3600000, entered_at / 3600000 FROM calls
    WHERE id = new.id OR (source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_calls_inserted AFTER INSERT ON calls
BEGIN
    INSERT INTO touched VALUES (new.entered_at / 3600000, new.entered_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_calls_updated AFTER UPDATE ON calls
BEGIN
    INSERT INTO touched VALUES (old.entered_at / 3600000, old.entered_at / 3600000) ON CONFLICT DO NOTHING;
    INSERT INTO touched VALUES (new.entered_at / 3600000, new.entered_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_calls_deleted AFTER DELETE ON calls
BEGIN
    INSERT INTO touched VALUES (old.entered_at / 3600000, old.entered_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_inserting BEFORE INSERT ON agent_states
WHEN EXISTS (SELECT 1 FROM agent_states WHERE id = new.id)
BEGIN
    INSERT INTO touched SELECT started_at / 3600000, ended_at / 3600000 FROM agent_states
    WHERE id = new.id AND ended_at > started_at
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_inserted AFTER INSERT ON agent_states
WHEN new.ended_at > new.started_at
BEGIN
    INSERT INTO touched VALUES (new.started_at / 3600000, new.ended_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_updated AFTER UPDATE ON agent_states
BEGIN
    INSERT INTO touched SELECT old.started_at / 3600000, old.ended_at / 3600000 WHERE old.ended_at > old.started_at
    ON CONFLICT DO NOTHING;
    INSERT INTO touched SELECT new.started_at / 3600000, new.ended_at / 3600000 WHERE new.ended_at > new.started_at
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_deleted AFTER DELETE ON agent_states
WHEN old.ended_at > old.started_at
BEGIN
    INSERT INTO touched VALUES (old.started_at / 3600000, old.ended_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_inserting BEFORE INSERT ON missed_calls
WHEN EXISTS (SELECT 1 FROM missed_calls WHERE id = new.id)
BEGIN
    INSERT INTO touched SELECT missed_at / 3600000, missed_at / 3600000 FROM missed_calls WHERE id = new.id
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_inserted AFTER INSERT ON missed_calls
BEGIN
    INSERT INTO touched VALUES (new.missed_at / 3600000, new.missed_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_updated AFTER UPDATE ON missed_calls
BEGIN
    INSERT INTO touched VALUES (old.missed_at / 3600000, old.missed_at / 3600000) ON CONFLICT DO NOTHING;
    INSERT INTO touched VALUES (new.missed_at / 3600000, new.missed_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    INSERT INTO touched VALUES (old.missed_at / 3600000, old.missed_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_inserting BEFORE INSERT ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id)
    OR (new.reference IS NOT NULL AND EXISTS (SELECT 1 FROM sales WHERE reference = new.reference))
BEGIN
    INSERT INTO touched SELECT sold_at / 3600000, sold_at / 3600000 FROM sales
    WHERE id = new.id OR (new.reference IS NOT NULL AND reference = new.reference)
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO touched VALUES (new.sold_at / 3600000, new.sold_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_updated AFTER UPDATE ON sales
BEGIN
    INSERT INTO touched VALUES (old.sold_at / 3600000, old.sold_at / 3600000) ON CONFLICT DO NOTHING;
    INSERT INTO touched VALUES (new.sold_at / 3600000, new.sold_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_deleted AFTER DELETE ON sales
BEGIN
    INSERT INTO touched VALUES (old.sold_at / 3600000, old.sold_at / 3600000) ON CONFLICT DO NOTHING;
END;

-- name: touched_business_days
-- The business days that a bulk load has touched.
SELECT DISTINCT d.starts_at, d.ends_at
FROM touched AS t
JOIN business_days AS d ON d.starts_at < (t.last_hour + 1) * 3600000 AND d.ends_at > t.first_hour * 3600000
    AND d.starts_at >= coalesce((SELECT max(starts_at) FROM business_days WHERE starts_at <= t.first_hour * 3600000), 0)
ORDER BY 1;

-- name: untrack_touched_hours
-- Dropping a table does not drop triggers that write into it.
DROP TRIGGER temp.touched_calls_inserting;
DROP TRIGGER temp.touched_calls_inserted;
DROP TRIGGER temp.touched_calls_updated;
DROP TRIGGER temp.touched_calls_deleted;
DROP TRIGGER temp.touched_agent_states_inserting;
DROP TRIGGER temp.touched_agent_states_inserted;
DROP TRIGGER temp.touched_agent_states_updated;
DROP TRIGGER temp.touched_agent_states_deleted;
DROP TRIGGER temp.touched_missed_calls_inserting;
DROP TRIGGER temp.touched_missed_calls_inserted;
DROP TRIGGER temp.touched_missed_calls_updated;
DROP TRIGGER temp.touched_missed_calls_deleted;
DROP TRIGGER temp.touched_sales_inserting;
DROP TRIGGER temp.touched_sales_inserted;
DROP TRIGGER temp.touched_sales_updated;
DROP TRIGGER temp.touched_sales_deleted;
DROP TABLE temp.touched;
