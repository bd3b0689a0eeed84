-- Visits, outbound attempts and missed calls, as a writer inserts and updates them.

-- name: next_call_id
-- The number of the next row of calls.
SELECT coalesce(max(id), 0) + 1 FROM calls;

-- name: insert_call
-- A visit. One whose number is taken (its call was forgotten and came again) is left for insert_call_renumbered.
INSERT INTO calls (id, source, call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id,
                   entered_at, answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at,
                   disposition, right_party)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, call_id, visit) DO NOTHING;

-- name: insert_call_renumbered
-- A visit under the next free number of its call, unless it is written.
INSERT INTO calls (id, source, call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id,
                   entered_at, answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at,
                   disposition, right_party)
SELECT ?1, ?2, ?3, (SELECT max(visit) + 1 FROM calls WHERE source = ?2 AND call_id = ?3), ?5, ?6, ?7, ?8, ?9, ?10, ?11,
       ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20
WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = ?1)
RETURNING visit;

-- name: update_call
-- What became of a visit, from the values of insert_call. What others wrote beside it stays.
UPDATE calls
SET agent_id = ?10, answered_at = ?12, ended_at = ?13, outcome = ?14, ended_by = ?15, hold_ms = ?16, wrapping_up = ?17,
    wrapped_up_at = ?18, disposition = coalesce(?19, disposition), right_party = coalesce(?20, right_party)
WHERE id = ?1;

-- name: delete_call
-- A visit that became part of another, or whose number was taken.
DELETE FROM calls WHERE id = ?1;

-- name: call_exists
-- 1 where the visit is there.
SELECT 1 FROM calls WHERE id = ?1;

-- name: visits_of_call
-- One row a visit of a call, in order of time.
SELECT id, visit FROM calls WHERE source = :source AND call_id = :call_id ORDER BY entered_at, coalesce(ended_at, 9e18), id;

-- name: has_call
-- Whether a source has brought a call.
SELECT EXISTS (SELECT 1 FROM calls WHERE source = :source AND call_id = :call_id);

-- name: set_visit_number
-- Another number of a visit.
UPDATE calls SET visit = ?2 WHERE id = ?1;

-- name: count_calls
-- How many visits and attempts are there.
SELECT count(*) FROM calls;

-- name: insert_missed_call
-- An offered call that was not answered.
INSERT INTO missed_calls (call_id, queue_id, agent_id, missed_at, ring_ms) VALUES (?, ?, ?, ?, ?);
