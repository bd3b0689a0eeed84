-- The tables of totals: their targets, and bulk loads that suspend their triggers.
-- What each total counts is defined in total_sql/definitions.py, from which the recount is generated.

-- name: reset_queue_days
-- Gives every business day with targets the queues' present ones.
UPDATE queue_days
SET (service_level_threshold_ms, service_level_target, short_abandon_ms) = (
    SELECT service_level_threshold_ms, service_level_target, short_abandon_ms FROM queues WHERE id = queue_id
)
WHERE queue_id IN (SELECT id FROM queues);

-- name: delete_lost_queue_days
-- Targets of days that no longer exist after the business days have been filled in again.
DELETE FROM queue_days WHERE day_at NOT IN (SELECT starts_at FROM business_days);

-- name: counted_range
-- A range with the business days of all rows that totals count: from two days before the first moment of any to two
-- days after the last.
SELECT coalesce(min(at), 0) - 172800000 AS starts_at, coalesce(max(at), 0) + 172800000 AS ends_at
FROM (
    SELECT min(entered_at) AS at FROM calls UNION ALL SELECT max(entered_at) FROM calls
    UNION ALL SELECT min(started_at) FROM agent_states UNION ALL SELECT max(started_at) FROM agent_states
    UNION ALL SELECT max(ended_at) FROM agent_states
    UNION ALL SELECT min(missed_at) FROM missed_calls UNION ALL SELECT max(missed_at) FROM missed_calls
    UNION ALL SELECT min(sold_at) FROM sales UNION ALL SELECT max(sold_at) FROM sales
);

-- name: total_triggers
-- The triggers of one table, to be removed during a bulk load. Those that forbid a taken key stay: a row replaced
-- without a trigger would be counted for ever.
SELECT name, sql FROM main.sqlite_master
WHERE type = 'trigger' AND tbl_name = :table AND name NOT LIKE '%key_taken'
ORDER BY name;

-- name: note_everything
-- Rows are written without triggers that note them: readers read everything again.
INSERT INTO changes (subject) VALUES ('everything');

-- name: delete_replaced_rows
-- Deletes the notes of the totals' triggers, which are of no use after a bulk load.
DELETE FROM replaced_calls;
DELETE FROM replaced_agent_states;
DELETE FROM replaced_missed_calls;
DELETE FROM replaced_sales;

-- name: some_sale
-- A row if there is any sale.
SELECT 1 FROM sales LIMIT 1;

-- name: some_answer
-- A row if there is any answer or invitation.
SELECT 1 FROM surveys UNION ALL SELECT 1 FROM survey_invitations LIMIT 1;

-- name: create_touched
-- Ranges of hours that a bulk load touches: the first and the last hour, numbered since 1970.
CREATE TEMP TABLE touched (
    first_hour INTEGER NOT NULL, last_hour INTEGER NOT NULL, PRIMARY KEY (first_hour, last_hour)
) WITHOUT ROWID;

-- name: drop_touched
-- They have been counted.
DROP TABLE temp.touched;

-- name: drop_new_calls
-- They have been counted.
DROP TABLE temp.new_calls;

-- name: touched_business_days
-- The business days that a bulk load has touched.
SELECT DISTINCT d.starts_at, d.ends_at
FROM touched AS t
JOIN business_days AS d ON d.starts_at < (t.last_hour + 1) * 3600000 AND d.ends_at > t.first_hour * 3600000
    AND d.starts_at >= coalesce((SELECT max(starts_at) FROM business_days WHERE starts_at <= t.first_hour * 3600000), 0)
ORDER BY 1;
