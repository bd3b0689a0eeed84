-- Records kept as they were imported, to be applied again when a gap before them is filled.

-- name: insert_imported_records
-- Records of an imported part; without content: records from here on are not kept.
INSERT INTO imported_records (source_id, first_at, last_at, lines, content)
SELECT id, :first_at, :last_at, :lines, :content FROM sources WHERE name = :source;

-- name: records_kept_since
-- How many records of a source are kept from a moment on; NULL if some are not.
SELECT iif(count(*) = count(content), coalesce(sum(lines), 0), NULL)
FROM imported_records
WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND first_at >= :since;

-- name: imported_records_from
-- Records of a source from a moment on, in the order of time.
SELECT id, first_at, last_at, lines, content IS NOT NULL AS is_kept
FROM imported_records
WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND first_at >= :since
ORDER BY first_at, last_at, id
LIMIT :most;

-- name: imported_content
-- Records as they were imported.
SELECT content FROM imported_records WHERE id = :id;

-- name: write_imported_state
-- The part of the state at a moment that is not in rows.
INSERT INTO imported_states (source_id, at, carried)
SELECT id, :at, :carried FROM sources WHERE name = :source
ON CONFLICT (source_id, at) DO UPDATE SET carried = excluded.carried;

-- name: imported_state
-- The part of the state at a moment that is not in rows.
SELECT carried FROM imported_states WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND at = :at;

-- name: imported_states_between
-- One row a moment of which the state is kept, from one moment to before another, with what rows do not say of it.
SELECT at, carried FROM imported_states
WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND at >= :since AND at < :until;

-- name: imported_state_moments
-- Moments at which the state is kept.
SELECT at FROM imported_states
WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND at >= :since
ORDER BY at;

-- name: replay_delete_states
-- States that later records made, up to where records are kept; they are made again.
DELETE FROM agent_states
WHERE source = :source AND started_at > :after AND (:kept_until IS NULL OR ended_at <= :kept_until);

-- name: replay_cut_states
-- States that later records made and that go on after the kept records.
UPDATE agent_states SET started_at = :kept_until
WHERE source = :source AND started_at > :after AND started_at < :kept_until;

-- name: replay_cut_state
-- A state from before the gap that goes on after the kept records.
UPDATE agent_states SET started_at = :kept_until WHERE id = :id AND (ended_at IS NULL OR ended_at > :kept_until);

-- name: replay_reopen_state
-- A state that still runs.
UPDATE agent_states SET ended_at = NULL WHERE id = ? AND ended_at IS NOT NULL;

-- name: replay_delete_members
-- Memberships that later records made, up to where records are kept; they are made again.
DELETE FROM queue_members
WHERE queue_id IN (SELECT id FROM queues) AND source = :source AND started_at > :after
    AND (:kept_until IS NULL OR ended_at <= :kept_until);

-- name: replay_cut_members
-- Memberships that later records made and that go on after the kept records.
UPDATE queue_members SET started_at = :kept_until
WHERE queue_id IN (SELECT id FROM queues) AND source = :source AND started_at > :after AND started_at < :kept_until;

-- name: replay_cut_member
-- A membership from before the gap that goes on after the kept records.
UPDATE queue_members SET started_at = :kept_until WHERE id = :id AND (ended_at IS NULL OR ended_at > :kept_until);

-- name: replay_reopen_member
-- A membership that still runs.
UPDATE queue_members SET ended_at = NULL WHERE id = ? AND ended_at IS NOT NULL;

-- name: replay_delete_pauses
-- Pauses that later records made, up to where records are kept; they are made again.
DELETE FROM queue_pauses
WHERE queue_id IN (SELECT id FROM queues) AND source = :source AND started_at > :after
    AND (:kept_until IS NULL OR ended_at <= :kept_until);

-- name: replay_cut_pauses
-- Pauses that later records made and that go on after the kept records.
UPDATE queue_pauses SET started_at = :kept_until
WHERE queue_id IN (SELECT id FROM queues) AND source = :source AND started_at > :after AND started_at < :kept_until;

-- name: replay_cut_pause
-- A pause from before the gap that goes on after the kept records.
UPDATE queue_pauses SET started_at = :kept_until WHERE id = :id AND (ended_at IS NULL OR ended_at > :kept_until);

-- name: replay_reopen_pause
-- A pause that still runs.
UPDATE queue_pauses SET ended_at = NULL WHERE id = ? AND ended_at IS NOT NULL;

-- name: values_of_states_at
-- One row per state of a source that begins at a moment, with its identifying values as JSON.
SELECT id, json_array(agent_id, state, reason, call_id) FROM agent_states WHERE source = :source AND started_at = :at;

-- name: replay_delete_state
-- Deletes the row of a state that is joined again or did not run.
DELETE FROM agent_states WHERE id = ?;

-- name: values_of_members_at
-- One row per membership of a source that begins at a moment, with its identifying values as JSON.
SELECT id, json_array(agent_id, queue_id) FROM queue_members WHERE queue_id IN (SELECT id FROM queues) AND source = :source AND started_at = :at;

-- name: replay_delete_member
-- Deletes the row of a membership that is joined again or did not run.
DELETE FROM queue_members WHERE id = ?;

-- name: values_of_pauses_at
-- One row per pause of a source that begins at a moment, with its identifying values as JSON.
SELECT id, json_array(agent_id, queue_id, reason) FROM queue_pauses WHERE queue_id IN (SELECT id FROM queues) AND source = :source AND started_at = :at;

-- name: replay_delete_pause
-- Deletes the row of a pause that is joined again or did not run.
DELETE FROM queue_pauses WHERE id = ?;

-- name: replay_visits_of_call
-- One row per visit of a call, in order.
SELECT id, visit AS number, queue_id, entered_at, ended_at
FROM calls
WHERE source = :source AND call_id = :call_id
ORDER BY visit;

-- name: replay_update_call
-- All values of a visit. A disposition that another visit of its call has stays there; what others wrote stays.
UPDATE calls
SET direction = :direction, queue_id = :queue_id, campaign_id = :campaign_id, caller = :caller,
    caller_name = :caller_name, agent_id = :agent_id, entered_at = :entered_at, answered_at = :answered_at,
    ended_at = :ended_at, outcome = :outcome, ended_by = :ended_by, hold_ms = :hold_ms, wrapping_up = :wrapping_up,
    wrapped_up_at = :wrapped_up_at,
    disposition = coalesce(:disposition, iif(disposition IN (SELECT value FROM json_each(:dispositions)), NULL, disposition))
WHERE id = :row_id
    AND ((direction, queue_id, campaign_id, caller, caller_name, agent_id, entered_at, answered_at, ended_at, outcome,
          ended_by, hold_ms, wrapping_up, wrapped_up_at)
        IS NOT (:direction, :queue_id, :campaign_id, :caller, :caller_name, :agent_id, :entered_at, :answered_at,
                :ended_at, :outcome, :ended_by, :hold_ms, :wrapping_up, :wrapped_up_at)
        OR disposition IS NOT :disposition);

-- name: replay_move_references
-- Moves references from a row that is no separate visit to another visit of its call.
UPDATE agent_states SET call_id = :to WHERE call_id = :id;
UPDATE missed_calls SET call_id = :to WHERE call_id = :id;
UPDATE sales SET call_id = :to WHERE call_id = :id;
UPDATE surveys SET call_id = :to WHERE call_id = :id;
UPDATE survey_invitations SET call_id = :to WHERE call_id = :id;
UPDATE follow_ups SET call_id = :to WHERE call_id = :id;
UPDATE OR IGNORE call_reasons SET call_id = :to WHERE call_id = :id;
DELETE FROM call_reasons WHERE call_id = :id;

-- name: replay_missed_calls
-- Rows of calls that an agent missed at a moment.
SELECT id FROM missed_calls
WHERE agent_id = :agent_id AND queue_id = :queue_id AND missed_at = :missed_at AND ring_ms = :ring_ms
ORDER BY id;

-- name: replay_set_missed_call
-- The visit that an agent missed.
UPDATE missed_calls SET call_id = ?1 WHERE id = ?2 AND call_id IS NOT ?1;
