-- Filling a gap (ccmon/database/backfill.py): the ranges between which gaps lie, and the later rows joined to its end.

-- name: imported_ranges
-- One row per range of a source's time that is imported already, in order.
SELECT imported_ranges.first_at, imported_ranges.last_at, imported_ranges.edges
FROM imported_ranges
JOIN sources ON sources.id = imported_ranges.source_id
WHERE sources.name = :source
ORDER BY imported_ranges.first_at;

-- name: insert_imported_range
-- A range of a source's time that is imported.
INSERT INTO imported_ranges (source_id, first_at, last_at, edges)
SELECT id, :first_at, :last_at, :edges FROM sources WHERE name = :source;

-- name: delete_imported_range
-- A range that has grown or become part of another.
DELETE FROM imported_ranges
WHERE source_id = (SELECT id FROM sources WHERE name = :source) AND first_at = :first_at AND last_at = :last_at;

-- name: backfill_next_part
-- The row that later records made of a visit without knowing its beginning: no entry was seen, so no caller either.
-- It is of no visit that is known at the gap's end.
SELECT id, entered_at
FROM calls
WHERE source = :source AND call_id = :call_id AND queue_id IS :queue_id AND caller IS NULL
  AND id NOT IN (SELECT value FROM json_each(:known))
  AND (ended_at IS NULL OR ended_at >= :until)
ORDER BY visit
LIMIT 1;

-- name: backfill_next_state
-- An agent's first state from a moment on.
SELECT agents.login AS agent, s.state, s.started_at, s.reason, s.call_id, s.id
FROM agent_states AS s JOIN agents ON agents.id = s.agent_id
WHERE s.agent_id = :agent_id AND s.started_at >= :until
ORDER BY s.started_at, s.id
LIMIT 1;

-- name: backfill_next_member
-- An agent's first membership of a queue from a moment on.
SELECT agents.login AS agent, queues.name AS queue, m.started_at, m.static, m.ended_at, m.id AS row_id
FROM queue_members AS m JOIN agents ON agents.id = m.agent_id JOIN queues ON queues.id = m.queue_id
WHERE m.agent_id = :agent_id AND m.queue_id = :queue_id AND m.started_at >= :until
ORDER BY m.started_at, m.id
LIMIT 1;

-- name: backfill_next_pause
-- An agent's first pause in a queue from a moment on.
SELECT agents.login AS agent, queues.name AS queue, p.started_at, p.reason, p.ended_at, p.id AS row_id
FROM queue_pauses AS p JOIN agents ON agents.id = p.agent_id JOIN queues ON queues.id = p.queue_id
WHERE p.agent_id = :agent_id AND p.queue_id = :queue_id AND p.started_at >= :until
ORDER BY p.started_at, p.id
LIMIT 1;

-- name: backfill_extend_visit
-- Adds a visit's beginning to the row of its end. By that row alone, a talk may seem to begin earlier: records round.
UPDATE calls
SET entered_at = :entered_at, caller = coalesce(:caller, caller), caller_name = coalesce(:caller_name, caller_name),
    answered_at = coalesce(:answered_at, max(answered_at, :entered_at)), agent_id = coalesce(:agent_id, agent_id),
    hold_ms = coalesce(hold_ms + :hold_ms, hold_ms, :hold_ms), disposition = coalesce(disposition, :disposition)
WHERE id = :row_id;

-- name: backfill_set_answer
-- What was reported between a visit's beginning and its end, if both were known.
UPDATE calls
SET answered_at = :answered_at, agent_id = :agent_id, hold_ms = :hold_ms,
    disposition = coalesce(disposition, :disposition)
WHERE id = :row_id;

-- name: backfill_move_states
-- Moves agents' states from the first part of a visit.
UPDATE agent_states SET call_id = :id WHERE call_id = :earlier;

-- name: backfill_move_missed
-- Moves missed calls from the first part of a visit.
UPDATE missed_calls SET call_id = :id WHERE call_id = :earlier;

-- name: backfill_move_later_states
-- Moves agents' states from a moment on to the visit that they were about.
UPDATE agent_states SET call_id = :id WHERE call_id = :earlier AND started_at >= :until;

-- name: backfill_move_later_missed
-- Moves missed calls from a moment on to the visit that rang.
UPDATE missed_calls SET call_id = :id WHERE call_id = :earlier AND missed_at >= :until;

-- name: backfill_move_disposition
-- A disposition given after a moment belongs only to the visit that it was about.
UPDATE calls
SET disposition = NULL
WHERE id = :earlier AND disposition = (SELECT disposition FROM calls WHERE id = :id);

-- name: backfill_start_state
-- An earlier beginning of a state.
UPDATE agent_states SET started_at = ?2 WHERE id = ?1;

-- name: backfill_start_member
-- An earlier beginning of a membership.
UPDATE queue_members SET started_at = ?2, static = ?3 WHERE id = ?1;

-- name: backfill_start_pause
-- An earlier beginning of a pause.
UPDATE queue_pauses SET started_at = ?2 WHERE id = ?1;

-- name: backfill_call_end
-- When a call ended.
SELECT ended_at FROM calls WHERE id = :id;

-- name: backfill_end_wrap_up
-- Wrap-up whose end was not reported ends when something else was first reported about its agent.
UPDATE calls SET wrapping_up = 0, wrapped_up_at = :wrapped_up_at WHERE id = :id;

-- name: backfill_delete_states_of_call
-- An agent's states on a call from a moment on, though it was over by then: the agent, and from when to when.
DELETE FROM agent_states
WHERE agent_id = :agent_id AND call_id = :call_id AND started_at >= :until
RETURNING agent_id, (SELECT login FROM agents WHERE id = agent_id) AS login, started_at AS starts_at, ended_at AS ends_at;

-- name: backfill_agent_activity
-- An agent's activity between two moments: memberships, pauses in a queue, and wrap-ups of calls.
SELECT 'member' AS what, queues.name, NULL AS reason, m.started_at, m.ended_at
FROM queue_members AS m JOIN queues ON queues.id = m.queue_id
WHERE m.agent_id = :agent_id AND (:ends_at IS NULL OR m.started_at < :ends_at)
UNION ALL
SELECT 'pause', queues.name, p.reason, p.started_at, p.ended_at
FROM queue_pauses AS p JOIN queues ON queues.id = p.queue_id
WHERE p.agent_id = :agent_id AND (:ends_at IS NULL OR p.started_at < :ends_at)
    AND (p.ended_at IS NULL OR p.ended_at > :starts_at)
UNION ALL
SELECT 'wrap_up', c.id, NULL, c.ended_at, c.wrapped_up_at
FROM calls AS c
WHERE c.agent_id = :agent_id AND c.entered_at >= :starts_at - 86400000 AND c.wrapped_up_at > :starts_at
    AND (:ends_at IS NULL OR c.ended_at < :ends_at)
ORDER BY 4;

-- name: backfill_delete_state_after_call
-- The state that followed when an agent's call without a reported end was taken to be over.
DELETE FROM agent_states
WHERE agent_id = (SELECT id FROM agents WHERE login = :login) AND started_at = :ended_at;

-- name: backfill_delete_state_of_no_record
-- What an agent seemed to do from within a gap on, as only time had passed: something else, by what is known now.
DELETE FROM agent_states
WHERE agent_id = :agent_id AND source = :source AND started_at < :until AND (ended_at IS NULL OR ended_at > :until);

-- name: backfill_delete_states_in_talk
-- States of an agent within a talk that was not known.
DELETE FROM agent_states
WHERE agent_id = :agent_id AND call_id IS NOT :call_id AND started_at >= :until AND ended_at <= :ended_at;

-- name: backfill_delay_state_after_talk
-- A state of an agent that reaches into a talk that was not known.
UPDATE agent_states
SET started_at = :ended_at
WHERE agent_id = :agent_id AND call_id IS NOT :call_id AND started_at >= :until AND started_at < :ended_at
  AND (ended_at IS NULL OR ended_at > :ended_at);
