-- Imported tables of calls: inserts and updates by the source's call id, with their reasons and scores.

-- name: count_calls_between
-- About how many calls there are in the days from one moment to another.
SELECT coalesce(sum(offered), 0) FROM queue_quarters WHERE quarter_at BETWEEN ?1 - 86400000 AND ?2 + 86400000;

-- name: insert_table_call
-- A call of a table, if it is new.
INSERT INTO calls (source, call_id, visit, direction, queue_id, campaign_id, agent_id, customer_id, caller, caller_name,
                   entered_at, answered_at, ended_at, wrapped_up_at, hold_ms, outcome, ended_by, disposition, right_party)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, iif(?8 IS NULL, NULL, (SELECT id FROM customers WHERE reference = ?8)), ?9, ?10,
        ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
ON CONFLICT (source, call_id, visit) DO NOTHING;

-- name: count_known_calls
-- How many of the ids are those of calls of a source.
SELECT count(*) FROM (SELECT DISTINCT value AS call_id FROM json_each(:call_ids)) AS each
WHERE EXISTS (SELECT 1 FROM calls WHERE source = :source AND calls.call_id = each.call_id);

-- name: count_like_calls
-- How many calls, given as lists of caller, entry and end, are like one of a source.
SELECT count(*) FROM json_each(:calls) AS each
WHERE EXISTS (SELECT 1 FROM calls WHERE +source = :source AND caller IS each.value ->> 0
              AND entered_at = each.value ->> 1 AND ended_at IS each.value ->> 2);

-- name: update_table_call
-- A call of a table, if it exists with other values.
UPDATE calls SET
    direction = ?4, queue_id = ?5, campaign_id = ?6, agent_id = ?7,
    customer_id = coalesce((SELECT id FROM customers WHERE reference = ?8), customer_id), caller = ?9, caller_name = ?10,
    entered_at = ?11, answered_at = ?12, ended_at = ?13, wrapped_up_at = ?14, hold_ms = ?15, outcome = ?16,
    ended_by = ?17, disposition = ?18, right_party = ?19
WHERE source = ?1 AND call_id = ?2 AND visit = ?3 AND (
    (direction, queue_id, campaign_id, agent_id, caller, caller_name, entered_at, answered_at, ended_at, wrapped_up_at,
     hold_ms, outcome, ended_by, disposition, right_party)
    IS NOT (?4, ?5, ?6, ?7, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
    OR (?8 IS NOT NULL AND customer_id IS NOT (SELECT id FROM customers WHERE reference = ?8))
);

-- name: delete_replaced_call_reason
-- Removes a call's primary reason if the table now names a different one.
DELETE FROM call_reasons
WHERE is_primary = 1 AND call_id = (SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3)
    AND reason_id <> (SELECT id FROM contact_reasons WHERE name = ?4);

-- name: insert_primary_call_reason
-- The primary reason of a call.
INSERT INTO call_reasons (call_id, reason_id)
SELECT calls.id, contact_reasons.id FROM calls, contact_reasons
WHERE source = ?1 AND call_id = ?2 AND visit = ?3 AND contact_reasons.name = ?4
ON CONFLICT (call_id, reason_id) DO NOTHING;

-- name: update_call_score
-- The satisfaction that a table of calls gives for a call, if it differs from the one given before.
UPDATE surveys SET score = ?4, scale = ?5
WHERE call_id = (SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3)
    AND reference IS NULL AND question = 'satisfaction' AND (score, scale) IS NOT (?4, ?5);

-- name: insert_call_score
-- The satisfaction that a table of calls gives for a call, answered when the call ended.
INSERT INTO surveys (call_id, agent_id, customer_id, answered_at, score, scale)
SELECT id, agent_id, customer_id, ended_at, ?4, ?5 FROM calls
WHERE source = ?1 AND call_id = ?2 AND visit = ?3
    AND NOT EXISTS (
        SELECT 1 FROM surveys
        WHERE surveys.call_id = calls.id AND surveys.reference IS NULL AND question = 'satisfaction'
    );

-- name: count_written_visits
-- How many rows of some calls this import has written so far; NULL for a call that had rows before it.
SELECT call_id, iif(min(id) <= :newest_before, NULL, count(*)) AS visits FROM calls
WHERE source = :source AND call_id IN (SELECT value FROM json_each(:call_ids))
GROUP BY call_id;

-- name: create_seen_calls
-- Calls of one file that existed before, by a number for the name, and how many rows of the file each has had.
CREATE TEMP TABLE seen_calls (name INTEGER PRIMARY KEY, visits INTEGER NOT NULL);

-- name: count_seen_calls
-- How many rows some of these calls have had.
SELECT name, visits FROM seen_calls WHERE name IN (SELECT value FROM json_each(?));

-- name: write_seen_calls
-- How many rows a call has had by now.
INSERT INTO seen_calls (name, visits) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET visits = excluded.visits;

-- name: delete_rejected_lines_of_file
-- The lines of a file that were rejected or noted before, when it is read again from its beginning. One row per line.
DELETE FROM rejected_lines WHERE source = ? AND file = ? RETURNING taken_in;

-- name: subtract_rejected_lines
-- Subtracts lines of a source that were forgotten from its count.
UPDATE sources SET
    rejected = max(0, rejected - :rejected),
    incomplete_records = max(0, incomplete_records - :incomplete)
WHERE name = :source;
